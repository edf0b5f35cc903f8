import { RowValues } from '@clipql/core';
import type { NewItem } from './item.ts';
import type { ChangeBatch } from './store.ts';

/** A batch with the last change that there was: all removals up to it are told. */
export interface ReadBatch extends ChangeBatch {
  readonly asOf: number;
}

/** @param read the batch after a change, and what was removed after the change `asOf`; undefined when there is no more. */
export async function* eachChange(
  read: (since: number, asOf: number) => Promise<ReadBatch | undefined>,
  since: number,
): AsyncIterable<ChangeBatch> {
  const ahead = (from: number, asOf: number) => {
    const batch = read(from, asOf);
    // Whoever stops early does not wait for it.
    batch.catch(() => {});
    return batch;
  };
  for (let next = ahead(since, since); ; ) {
    const found = await next;
    if (found === undefined) return;
    const { asOf, ...batch } = found;
    // It is read while the caller takes this one in.
    next = ahead(batch.seq, asOf);
    yield batch;
  }
}

/** @param read a part of the levels that ends behind a row, the first of them; undefined when there is none. */
export async function* eachLevels(
  read: (after: number) => Promise<Pick<RowValues, 'rows' | 'values'> | undefined>,
): AsyncIterable<RowValues> {
  for (let after = -1; ; ) {
    const part = await read(after);
    if (part === undefined) return;
    // Where others have replaced all meanwhile, a part may begin before the last one ended.
    yield new RowValues(part.rows, part.values).after(after);
    after = part.rows.at(-1)!;
  }
}

/** @param read items after a key, in the order of keys. */
export async function* eachStored(
  read: (after: string) => Promise<readonly NewItem[]>,
): AsyncIterable<readonly NewItem[]> {
  for (let after = ''; ; ) {
    const items = await read(after);
    if (items.length === 0) return;
    yield items;
    after = items.at(-1)!.key;
  }
}
