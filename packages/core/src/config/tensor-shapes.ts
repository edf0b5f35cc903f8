/** What the shapes of a checkpoint's tensors say about its model. */
import { ClipError } from '../errors.ts';

/** Shapes of a checkpoint's tensors, by name. */
export type TensorShapes = ReadonlyMap<string, { readonly shape: readonly number[] }>;

/**
 * The size of one dimension of a tensor.
 *
 * @throws ClipError WEIGHTS_MISMATCH for a tensor that is missing, or that has fewer dimensions.
 */
export function sizeOf(tensors: TensorShapes, name: string, dimension: number): number {
  const found = tensors.get(name)?.shape[dimension];
  if (found !== undefined && found > 0) return found;
  const got = tensors.get(name)?.shape.join(', ');
  throw new ClipError(
    'WEIGHTS_MISMATCH',
    `expected tensor ${name} with ${dimension + 1} dimensions at least, got ${got === undefined ? 'none' : `[${got}]`}`,
  );
}

/**
 * How many numbers stand between the two in the tensors' names.
 *
 * @throws ClipError WEIGHTS_MISMATCH where there are none.
 */
export function countOf(tensors: TensorShapes, prefix: string, suffix: string): number {
  const between = [...tensors.keys()].filter(
    (name) =>
      name.startsWith(prefix) &&
      name.endsWith(suffix) &&
      /^\d+$/.test(name.slice(prefix.length, -suffix.length)),
  );
  if (between.length > 0) return between.length;
  throw new ClipError('WEIGHTS_MISMATCH', `expected tensors ${prefix}*${suffix}, got none`);
}
