import type { Fields } from '../json.ts';

/** The mean of the pictures that OpenAI's models were trained on: red, green and blue, 0 to 1. */
export const OPENAI_MEAN = [0.48145466, 0.4578275, 0.40821073] as const;
/** Their standard deviation. */
export const OPENAI_STD = [0.26862954, 0.26130258, 0.27577711] as const;

/**
 * A number for red, green and blue, or one for all three.
 *
 * @throws ClipError MODEL_CONFIG_INVALID for anything else.
 */
export function channelTriple(
  fields: Fields,
  name: string,
  fallback: readonly [number, number, number],
  range: 'any' | 'positive' = 'any',
): readonly [number, number, number] {
  if (!fields.has(name)) return fallback;
  const value = fields.raw(name);
  const triple = typeof value === 'number' ? [value, value, value] : value;
  const usable = (n: unknown) =>
    typeof n === 'number' && Number.isFinite(n) && (range === 'any' || n > 0);
  if (!Array.isArray(triple) || triple.length !== 3 || !triple.every(usable)) {
    throw fields.unexpected(name, 'three numbers, one a channel');
  }
  return [triple[0], triple[1], triple[2]];
}
