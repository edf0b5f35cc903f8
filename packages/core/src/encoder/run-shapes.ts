import type { RunShapes } from '../backends/backend.ts';
import type { TextConfig } from '../config/clip-config.ts';

/** Texts of a forward pass, and tokens of all of them together. */
export type TextShape = RunShapes['texts'][number];

/**
 * A backend's shapes for a model: the largest has room for the longest text, and where all texts have the
 * same length, each shape has as many tokens as its texts.
 */
export function shapesFor({ images, texts }: RunShapes, text: TextConfig): RunShapes {
  if (text.tower === 'siglip') {
    const tokens = (count: number) => count * text.contextLength;
    return { images, texts: texts.map((shape) => ({ ...shape, tokens: tokens(shape.texts) })) };
  }
  const largest = texts.at(-1)!;
  const tokens = Math.max(largest.tokens, text.contextLength);
  return { images, texts: [...texts.slice(0, -1), { ...largest, tokens }] };
}
