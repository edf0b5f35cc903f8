import type { NewItem } from './item.ts';
import type { ChangeBatch } from './store.ts';

/** @param read the batch after a change; undefined when there is no more. */
export async function* eachChange(
  read: (since: number) => Promise<ChangeBatch | undefined>,
  since: number,
): AsyncIterable<ChangeBatch> {
  const ahead = (from: number) => {
    const batch = read(from);
    // Whoever stops early does not wait for it.
    batch.catch(() => {});
    return batch;
  };
  for (let next = ahead(since); ; ) {
    const batch = await next;
    if (batch === undefined) return;
    // It is read while the caller takes this one in.
    next = ahead(batch.seq);
    yield batch;
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
