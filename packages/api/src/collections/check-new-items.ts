import { checkEmbedding } from './halves.ts';
import type { NewItem } from './item.ts';
import { checkKey } from './item-key.ts';

/** @throws ApiError BAD_INPUT for a key, a source or an embedding. */
export function checkNewItems(items: readonly NewItem[], dimensions: number): void {
  for (const { key, source, embedding } of items) {
    checkKey(key, source);
    checkEmbedding(key, embedding, dimensions);
  }
}

/** @throws ApiError BAD_INPUT for an embedding. */
export function checkNextVectors(
  vectors: readonly { readonly row: number; readonly embedding: Float32Array }[],
  dimensions: number,
): void {
  for (const { row, embedding } of vectors) checkEmbedding(`row ${row}`, embedding, dimensions);
}
