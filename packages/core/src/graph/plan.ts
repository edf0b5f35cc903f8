import { layOutArena } from './arena.ts';
import { fuse, type Value } from './fuse.ts';
import type { Graph } from './graph.ts';
import { selectEarly } from './select-early.ts';
import { mapStep, type PackedWeight, type Slot, type Step, stepWeights } from './step.ts';

interface PlanInput extends Slot {
  readonly dtype: 'f32' | 'i32';
}

/**
 * A graph made ready to run: a flat list of steps over one arena. The same plan runs on every
 * backend.
 */
export interface Plan {
  readonly steps: readonly Step[];
  readonly inputs: ReadonlyMap<string, PlanInput>;
  readonly outputs: ReadonlyMap<string, Slot>;
  /** What the steps read besides the arena, each once. */
  readonly weights: readonly PackedWeight[];
  /** Size of the arena in words of four bytes. */
  readonly arenaWords: number;
}

/** Plans a graph: selects early, fuses, and gives every matrix its place. */
export function planGraph(graph: Graph): Plan {
  const fused = fuse(selectEarly(graph));
  const arena = layOutArena(fused);
  const slotOf = ({ buffer, rows, columns, column }: Value): Slot => ({
    offset: arena.offsets.get(buffer)! + column,
    rows,
    columns,
    pitch: buffer.columns,
  });
  const steps = fused.steps.map((step) => mapStep(step, slotOf));
  const weights = new Map(
    steps.flatMap(stepWeights).map((weight) => [weightKey(weight), weight] as const),
  );
  return {
    steps,
    inputs: new Map(
      [...fused.inputs].map(([name, { value, dtype }]) => [name, { ...slotOf(value), dtype }]),
    ),
    outputs: new Map([...fused.outputs].map(([name, value]) => [name, slotOf(value)])),
    weights: [...weights.values()],
    arenaWords: arena.words,
  };
}

/** One key for each set of parameters that is packed as one, for backends to keep it under. */
export const weightKey = ({ parameters }: PackedWeight): string =>
  parameters.map(({ name }) => name).join('+');
