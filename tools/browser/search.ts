/** A search that the page of browser.slow.test.ts and the test itself run. */
import { FlatIndex, RowSet } from '@clipql/core';

export interface Searched {
  readonly threads: number;
  /** Rows found: of all, of a filter, and after a removal and a compaction. */
  readonly rows: readonly (readonly number[])[];
}

/** Enough that threads take part where there are any. */
const ROWS = 6_000;
const DIMENSIONS = 256;

export async function searchMadeUp(): Promise<Searched> {
  const index = await FlatIndex.create({ dimensions: DIMENSIONS });
  await index.append(
    Float32Array.from({ length: ROWS * DIMENSIONS }, (_, i) => Math.sin(i ** 1.5)),
  );
  const query = Float32Array.from({ length: DIMENSIONS }, (_, k) => Math.cos(k * k));
  const rowsOf = async (filter?: RowSet) => {
    const [hits] = await index.search(query, { k: 20, ...(filter && { filter }) });
    return [...hits!.rows];
  };
  const all = await rowsOf();
  const filtered = await rowsOf(RowSet.of(Array.from({ length: ROWS / 50 }, (_, i) => 50 * i)));
  await index.remove(all.slice(0, 10));
  await index.compact();
  const rest = await rowsOf();
  index.dispose();
  return { threads: index.threads, rows: [all, filtered, rest] };
}
