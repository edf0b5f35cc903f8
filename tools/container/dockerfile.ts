import { DockerfileParser, type Instruction, ModifiableInstruction } from 'dockerfile-ast';

/** One instruction, with its variables filled in. */
export interface Step {
  readonly keyword: string;
  readonly line: number;
  /** Without flags. */
  readonly text: string;
  /** `--from=build` as `from: build`. */
  readonly flags: Readonly<Record<string, string>>;
}

export interface Stage {
  /** Undefined for one that has no name. */
  readonly name: string | undefined;
  /** An image, or the name of an earlier stage. */
  readonly base: string;
  readonly steps: readonly Step[];
}

/** The stages of a Dockerfile, in their order. */
export function readStages(text: string): readonly Stage[] {
  const dockerfile = DockerfileParser.parse(text);
  const stages: (Stage & { readonly steps: Step[] })[] = [];
  for (const instruction of dockerfile.getInstructions()) {
    const line = instruction.getRange().start.line;
    const filled = (instruction.getArgumentsContent() ?? '').replace(
      /\$\{(\w+)\}/g,
      (whole, name: string) => dockerfile.resolveVariable(name, line) ?? whole,
    );
    const step: Step = {
      keyword: instruction.getKeyword(),
      line: line + 1,
      text: filled.trim(),
      flags: flagsOf(instruction),
    };
    if (step.keyword === 'FROM') {
      const [base, , name] = step.text.split(/\s+/);
      stages.push({ name, base: base!, steps: [] });
    } else if (stages.length > 0) {
      stages.at(-1)!.steps.push(step);
    } else if (step.keyword !== 'ARG') {
      throw new Error(`line ${line + 1}: expected ARG or FROM first, got ${step.keyword}`);
    }
  }
  return stages;
}

function flagsOf(instruction: Instruction): Readonly<Record<string, string>> {
  if (!(instruction instanceof ModifiableInstruction)) return {};
  return Object.fromEntries(
    instruction.getFlags().map((flag) => [flag.getName(), flag.getValue() ?? '']),
  );
}
