/** How the arguments of a step are written as words. */
import type { ImageWindow, Nonlinearity } from '../../graph/forward-operands.ts';
import type { Slot } from '../../graph/step.ts';

export const WORD_BYTES = 4;

export const ACTIVATION: Record<Nonlinearity, number> = {
  quick_gelu: 1,
  gelu: 2,
  gelu_tanh: 3,
  relu: 4,
  relu6: 5,
};

export const addressOf = (slot: Slot, arena: number): number => arena + slot.offset * WORD_BYTES;

/** A matrix as kernels take it: address and pitch. */
export const placed = (slot: Slot, arena: number): readonly number[] => [
  addressOf(slot, arena),
  slot.pitch * WORD_BYTES,
];

export const windowWords = ({
  side,
  kernel,
  stride,
  before,
  outSide,
}: ImageWindow): readonly number[] => [side, kernel, stride, before, outSide];

export function float32Bits(value: number): number {
  return new Int32Array(Float32Array.of(value).buffer)[0]!;
}
