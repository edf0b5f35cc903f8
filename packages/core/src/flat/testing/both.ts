import { expect, onTestFinished } from 'vitest';
import { FlatIndex } from '../flat-index.ts';
import type { FlatIndexOptions, FlatSearchOptions } from '../flat-options.ts';
import { joined, NaiveIndex } from './naive-index.ts';

export interface Both {
  readonly index: FlatIndex;
  readonly naive: NaiveIndex;
}

/** An index of these vectors that reads them back exactly, beside the naive one. */
export async function bothOf(
  vectors: readonly Float32Array[],
  options: Partial<FlatIndexOptions> = {},
): Promise<Both> {
  const dimensions = vectors[0]!.length;
  const readRows = (rows: Uint32Array) => joined(Array.from(rows, (row) => vectors[row]!));
  const index = await FlatIndex.create({ dimensions, readRows, threads: 1, ...options });
  onTestFinished(() => index.dispose());
  const naive = new NaiveIndex();
  await index.append(joined(vectors));
  naive.append(vectors);
  return { index, naive };
}

export async function expectSame(
  { index, naive }: Both,
  query: Float32Array,
  options: FlatSearchOptions,
): Promise<void> {
  const [hits] = await index.search(query, options);
  const { filter, k } = options;
  const expected = naive.search(query, k, filter && ((row) => filter.has(row)));
  expect([...hits!.rows]).toEqual(expected.map(({ row }) => row));
  expect([...hits!.scores]).toEqual(expected.map(({ score }) => expect.closeTo(score, 6)));
}
