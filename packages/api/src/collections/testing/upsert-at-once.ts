import { expect } from 'vitest';
import { SHARED } from '../../access/owner.ts';
import { openPostgres } from '../../postgres/postgres.ts';
import { openPostgresCollections } from '../postgres/postgres-collections.ts';
import { SPACE, sample } from './samples.ts';

const WRITERS = 6;
const BATCHES = 20;
const BATCH = 10;

/** Several pools write the same and other keys while an index follows; all ends equal. @param url of an empty database. */
export async function upsertAtOnce(url: string): Promise<void> {
  const databases = await Promise.all(Array.from({ length: WRITERS + 1 }, () => openPostgres(url)));
  const stores = databases.map((database) => openPostgresCollections(database));
  const [reader, ...writers] = stores;
  const photos = await reader!.create(SHARED, 'photos', SPACE);
  const rows = new Set<number>();
  let seq = 0;
  const follow = async () => {
    for await (const batch of reader!.changes(photos, seq)) {
      for (const row of batch.removed ?? []) rows.delete(row);
      for (const row of batch.rows) rows.add(row);
      seq = batch.seq;
    }
  };
  let isWriting = true;
  const following = (async () => {
    while (isWriting) await follow();
  })();
  await Promise.all(
    writers.map(async (store, writer) => {
      for (let batch = 0; batch < BATCHES; batch++) {
        const items = Array.from({ length: BATCH }, (_, i) => {
          // Half of the keys are those of all writers.
          const key = i % 2 === 0 ? `shared-${batch}-${i}` : `own-${writer}-${batch}-${i}`;
          return sample(key, writer * 7 + batch + i, { writer, [`by${writer}`]: batch });
        });
        await store.upsert(photos, items);
        if (batch % 5 === 4) await store.remove(photos, [items[1]!.key]);
      }
    }),
  );
  isWriting = false;
  await following;
  await follow();
  const expected = BATCHES * (BATCH / 2) * (WRITERS + 1) - WRITERS * (BATCHES / 5);
  const { items, fields } = await reader!.find(SHARED, 'photos');
  expect([items, rows.size, fields.size]).toEqual([expected, expected, WRITERS + 1]);
  const found = await reader!.itemsOfRows(photos, [...rows]);
  expect(found.filter((item) => item === undefined)).toEqual([]);
  for (const store of stores) await store.close();
  for (const database of databases) await database.close();
}
