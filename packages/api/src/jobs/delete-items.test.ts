import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Filter } from '../collections/filter.ts';
import {
  createCollection,
  ended,
  OWNER,
  openWorkplace,
  removeFolder,
  temporaryFolder,
  type Workplace,
} from './testing/workplace.ts';

const ITEMS = 1_200;

let folder: string;
let workplace: Workplace;

beforeAll(async () => {
  folder = await temporaryFolder();
  workplace = await openWorkplace({ folder });
  const collection = await createCollection(workplace);
  const embedding = new Float32Array(collection.space.dimensions);
  embedding[0] = 1;
  await workplace.collections.upsert(
    collection,
    Array.from({ length: ITEMS }, (_, i) => ({
      key: `k${i}`,
      source: `k${i}`,
      contentHash: '0'.repeat(64),
      facts: { format: 'png', width: 1, height: 1, bytes: 1 },
      modified: undefined,
      metadata: { number: i },
      thumbnail: undefined,
      embedding,
    })),
  );
  workplace.runner.start();
});

afterAll(async () => {
  await workplace.close();
  workplace.models.close();
  await removeFolder(folder);
});

const remove = async (where: Filter, dryRun: boolean) =>
  ended(
    workplace,
    await workplace.queue.submit({
      owner: OWNER,
      collection: 'photos',
      work: { kind: 'DELETE', where, dryRun },
    }),
  );

const count = async () => (await workplace.collections.find(OWNER, 'photos')).items;

test('a dry run counts what a filter would remove; the same without it removes just that', async () => {
  const where = { field: 'number', op: 'gte', value: 100 } as const;
  expect(await remove(where, true)).toMatchObject({ state: 'DONE', total: 1_100, done: 0 });
  expect(await count()).toBe(ITEMS);
  expect(await remove(where, false)).toMatchObject({ state: 'DONE', total: 1_100, done: 1_100 });
  expect(await count()).toBe(100);
  expect(await remove(where, false)).toMatchObject({ state: 'DONE', total: 0, done: 0 });
});

test('a filter that does not fit the collection is the job’s error', async () => {
  const job = await remove({ field: 'year', op: 'eq', value: 1 }, false);
  expect(job).toMatchObject({ state: 'FAILED', error: { code: 'BAD_FILTER' } });
});
