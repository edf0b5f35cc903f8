import type { VectorSpace } from '../collection.ts';
import type { Metadata, NewItem } from '../item.ts';

export const SPACE: VectorSpace = { hash: 'a'.repeat(64), model: 'nano', dimensions: 8 };
export const OTHER_SPACE: VectorSpace = { hash: 'b'.repeat(64), model: 'tiny', dimensions: 4 };

/** A vector of length 1 whose values halves hold exactly: no rounding blurs what a test compares. */
export function vectorOf(number: number, dimensions = SPACE.dimensions): Float32Array {
  const vector = new Float32Array(dimensions);
  vector[number % dimensions] = number % 2 === 0 ? 1 : -1;
  return vector;
}

/** What is known of the file of a vector that was made elsewhere. */
export const OF_NO_FILE = {
  contentHash: undefined,
  facts: undefined,
  modified: undefined,
} as const satisfies Partial<NewItem>;

/** @param number tells vectors and files apart. */
export const sample = (key: string, number = 0, metadata: Metadata = {}) =>
  ({
    key,
    source: `photos/${key}`,
    contentHash: number.toString(16).padStart(64, '0'),
    facts: { format: 'jpeg', width: 640, height: 480, bytes: 1000 + number },
    modified: 1_700_000_000_000 + number,
    metadata,
    thumbnail: undefined,
    embedding: vectorOf(number),
  }) satisfies NewItem;
