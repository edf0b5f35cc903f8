import type { Plan } from '../../graph/plan.ts';
import {
  type ForwardStep,
  isForwardStep,
  type Slot,
  type Step,
  type StepOf,
} from '../../graph/step.ts';
import type { Precision } from '../backend.ts';
import { encodeGradientStep } from './gradient-program.ts';
import { int8Depth, int8ScalesOffset } from './pack-int8.ts';
import type { PackedWeights } from './packed-weights.ts';
import {
  ACTIVATION,
  addressOf,
  float32Bits,
  placed,
  WORD_BYTES,
  windowWords,
} from './step-words.ts';

/** Words of a step, as `assembly/run.ts` reads them. */
const STEP_WORDS = 16;
/** A row's scale and zero point. */
const ROW_SCALE_BYTES = 8;

const OPCODE = {
  patches: 0,
  embed: 1,
  linear: 2,
  gelu: 3,
  layerNorm: 4,
  attention: 5,
  add: 6,
  prepend: 7,
  l2Normalize: 8,
  quantize: 9,
  linearInt8: 10,
  relu: 11,
  windows: 12,
  depthwise: 13,
  averagePool: 14,
  prependMean: 15,
} as const;

const NO_ACTIVATION = 0;

/** Where a run's memory lies, in bytes. */
export interface Workspace {
  readonly arena: number;
  /** Room for the rows that a linear layer in int8 reads, and their scales. */
  readonly quantized: number;
}

/** Bytes of {@link Workspace.quantized} that a plan needs. */
export function quantizedBytes(plan: Plan, precision: Precision): number {
  if (precision === 'f32') return 0;
  const sizes = plan.steps.map((step) =>
    step.op === 'linear' ? step.x.rows * (int8Depth(step.x.columns) + ROW_SCALE_BYTES) : 0,
  );
  return Math.max(0, ...sizes);
}

/** A plan as the interpreter in `assembly/run.ts` reads it. */
interface Program {
  readonly words: Int32Array;
  readonly steps: number;
}

/** Encodes a plan for the workspace that it runs in; again only when that has moved. */
export function programEncoder(
  plan: Plan,
  weights: PackedWeights,
): (workspace: Workspace) => Program {
  let last: (Workspace & { readonly program: Program }) | undefined;
  return ({ arena, quantized }) => {
    if (last?.arena !== arena || last.quantized !== quantized) {
      const program = encodeProgram(plan, { arena, quantized }, weights);
      last = { arena, quantized, program };
    }
    return last.program;
  };
}

function encodeProgram(plan: Plan, workspace: Workspace, weights: PackedWeights): Program {
  const steps = plan.steps.flatMap((step) =>
    step.op === 'linear' && weights.precision === 'int8'
      ? encodeInt8Linear(step, workspace, weights)
      : [encodeStep(step, workspace, weights)],
  );
  const words = new Int32Array(steps.length * STEP_WORDS);
  steps.forEach((step, i) => {
    words.set(step, i * STEP_WORDS);
  });
  return { words, steps: steps.length };
}

/** Bytes that a plan's program takes at most: a linear layer in int8 is two steps. */
export const programBytes = (plan: Plan): number => 2 * plan.steps.length * STEP_WORDS * WORD_BYTES;

type LinearStep = StepOf<'linear'>;

function encodeInt8Linear(
  step: LinearStep,
  { arena, quantized }: Workspace,
  weights: PackedWeights,
): readonly (readonly number[])[] {
  const { rows, columns } = step.x;
  const depth = int8Depth(columns);
  const rowScales = quantized + rows * depth;
  const weight = weights.address(step.weight);
  return [
    [OPCODE.quantize, ...placed(step.x, arena), quantized, depth, rowScales, rows, columns],
    [
      OPCODE.linearInt8,
      quantized,
      depth,
      rowScales,
      rows,
      weight,
      weight + int8ScalesOffset(step.out.columns, columns),
      step.out.columns,
      ...linearEnd(step, arena, weights),
    ],
  ];
}

/** The arguments that both kinds of linear layer end with: bias, activation, residual, out. */
function linearEnd(step: LinearStep, arena: number, weights: PackedWeights): readonly number[] {
  return [
    step.bias === undefined ? 0 : weights.address(step.bias),
    step.activation === undefined ? NO_ACTIVATION : ACTIVATION[step.activation],
    ...(step.residual === undefined ? [0, 0] : placed(step.residual, arena)),
    ...placed(step.out, arena),
  ];
}

/** The words of one step: its opcode, then the parameters of its function in `assembly/`, in their order. */
const encodeStep = (step: Step, { arena }: Workspace, weights: PackedWeights) =>
  isForwardStep(step)
    ? encodeForwardStep(step, arena, weights)
    : encodeGradientStep(step, arena, weights);

function encodeForwardStep(
  step: ForwardStep,
  arena: number,
  weights: PackedWeights,
): readonly number[] {
  const at = (slot: Slot) => addressOf(slot, arena);
  const { out } = step;
  const size = [out.rows, out.columns];
  switch (step.op) {
    case 'patches': {
      const { channels, imageSize, patchSize } = step;
      const shape = [channels, imageSize, patchSize];
      return [OPCODE.patches, ...placed(step.x, arena), ...shape, ...placed(out, arena), out.rows];
    }
    case 'embed': {
      const table = [weights.address(step.table), step.table.columns * WORD_BYTES];
      return [OPCODE.embed, ...table, at(step.ids), ...placed(out, arena), ...size];
    }
    case 'select':
      return [
        OPCODE.embed,
        ...placed(step.x, arena),
        at(step.indices),
        ...placed(out, arena),
        ...size,
      ];
    case 'linear':
      return [
        OPCODE.linear,
        ...placed(step.x, arena),
        step.x.rows,
        step.x.columns,
        weights.address(step.weight),
        out.columns,
        ...linearEnd(step, arena, weights),
      ];
    case 'gelu':
      return [
        OPCODE.gelu,
        ...placed(step.x, arena),
        ...placed(out, arena),
        ...size,
        ACTIVATION[step.activation],
      ];
    case 'relu': {
      const ends = [...placed(step.x, arena), ...placed(out, arena)];
      return [OPCODE.relu, ...ends, ...size, ACTIVATION[step.activation]];
    }
    case 'windows': {
      const image = [...placed(step.x, arena), step.x.columns, ...windowWords(step.window)];
      return [OPCODE.windows, ...image, ...placed(out, arena), out.rows];
    }
    case 'depthwise': {
      const { x, weight, bias, window, activation } = step;
      return [
        OPCODE.depthwise,
        ...placed(x, arena),
        x.columns,
        weights.address(weight),
        weights.address(bias),
        activation === undefined ? NO_ACTIVATION : ACTIVATION[activation],
        ...windowWords(window),
        ...placed(out, arena),
        out.rows / window.outSide,
      ];
    }
    case 'averagePool': {
      const image = [...placed(step.x, arena), step.side, step.kernel];
      return [OPCODE.averagePool, ...image, ...placed(out, arena), ...size];
    }
    case 'layerNorm':
      return [
        OPCODE.layerNorm,
        ...placed(step.x, arena),
        weights.address(step.weight),
        weights.address(step.bias),
        float32Bits(step.epsilon),
        ...placed(out, arena),
        ...size,
      ];
    case 'attention':
      return [
        OPCODE.attention,
        ...placed(step.query, arena),
        at(step.key),
        at(step.value),
        commonPitch(step.key, step.value) * WORD_BYTES,
        at(step.offsets),
        step.offsets.rows - 1,
        step.heads,
        out.columns / step.heads,
        step.causal ? 1 : 0,
        step.queries ?? 0,
        ...placed(out, arena),
      ];
    case 'add':
      return [
        OPCODE.add,
        ...placed(step.x, arena),
        ...placed(step.y, arena),
        out.rows,
        ...placed(out, arena),
        ...size,
      ];
    case 'addTable': {
      const { rows, columns } = step.table;
      const table = [weights.address(step.table), columns * WORD_BYTES, rows];
      return [OPCODE.add, ...placed(step.x, arena), ...table, ...placed(out, arena), ...size];
    }
    case 'prepend': {
      const row = [weights.address(step.row), step.length];
      return [OPCODE.prepend, ...placed(step.x, arena), ...row, ...placed(out, arena), ...size];
    }
    case 'prependMean': {
      const sequences = [...placed(step.x, arena), step.length];
      return [OPCODE.prependMean, ...sequences, ...placed(out, arena), ...size];
    }
    case 'l2Normalize':
      return [OPCODE.l2Normalize, ...placed(step.x, arena), ...placed(out, arena), ...size];
  }
}

function commonPitch(key: Slot, value: Slot): number {
  if (key.pitch !== value.pitch) throw new Error('attention: key and value have different pitches');
  return key.pitch;
}
