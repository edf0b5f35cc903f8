/** Items that wait, fail and end, and what of them outlives a kill. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Owner, ownerOf } from '../../access/owner.ts';
import type { Collection } from '../../collections/collection.ts';
import { OTHER_SPACE, SPACE, sample, vectorOf } from '../../collections/testing/samples.ts';
import type { Job, NewJobItem } from '../job.ts';
import type { JobBatch, JobStore } from '../job-store.ts';
import { JOB_STORES, type TestJobStore } from '../testing/job-stores.ts';
import { batchOf, INDEX, urlItems } from '../testing/workplace.ts';

const FAILURE = { code: 'IMAGE_CORRUPT', message: 'expected a picture, got half of one' } as const;
const ALL = { after: 0, until: Number.MAX_SAFE_INTEGER, first: 1_000, suspects: false };

describe.each(JOB_STORES)('%s', (_, open) => {
  let opened: TestJobStore;
  let jobs: JobStore;
  let owner: Owner;
  let photos: Collection;
  beforeAll(async () => {
    opened = await open();
    jobs = opened.jobs;
  });
  afterAll(() => opened.close());
  beforeEach(async ({ task }) => {
    owner = ownerOf(task.name);
    photos = await opened.collections.create(owner, 'photos', SPACE);
  });

  const submit = (items: readonly NewJobItem[]) =>
    jobs.add(
      { owner, collection: 'photos', collectionId: photos.id, work: INDEX, local: false },
      batchOf(items),
    );
  const record = (id: string, batch: Partial<JobBatch>, collection = photos) =>
    jobs.record(id, collection, { ...NOTHING, ...batch });
  const keys = async (id: string, query: Partial<typeof ALL> = {}) =>
    (await jobs.waiting(id, { ...ALL, ...query })).map(({ key }) => key).join('');
  const counts = async ({ id }: Job) => {
    const { done, failed, unchanged, total } = (await jobs.get(id))!;
    return { done, failed, unchanged, total };
  };

  test('items wait in the order in which they came, and of equal keys the last counts', async () => {
    const job = await submit([
      ...urlItems(['a', 'b']),
      { key: 'a', source: 'x', metadata: { n: 1 } },
    ]);
    expect(job.total).toBe(2);
    const [first] = await jobs.waiting(job.id, ALL);
    expect(first).toMatchObject({ key: 'a', source: 'x', metadata: { n: 1 }, deaths: 0 });
    await jobs.addItems(job.id, urlItems(['c', 'b', 'd']));
    expect(await keys(job.id)).toBe('abcd');
    expect((await jobs.setListed(job.id)).total).toBe(4);
    expect(await keys(job.id, { first: 2 })).toBe('ab');
    const [, second, third] = await jobs.waiting(job.id, ALL);
    expect(await keys(job.id, { after: second!.seq, until: third!.seq })).toBe('c');
  });

  test('any text is kept as it is', async () => {
    const hostile = [
      '\0',
      "'; DROP TABLE jobs; --",
      '\\',
      '"',
      'é\n\t',
      '\u{1f600}',
      'x'.repeat(9_000),
    ];
    const job = await submit(
      hostile.map((text) => ({ key: text, source: text, metadata: { [text]: text } })),
    );
    const waiting = await jobs.waiting(job.id, ALL);
    expect(waiting.map(({ key }) => key)).toEqual(hostile);
    expect(waiting.map(({ source }) => source)).toEqual(hostile);
    expect(waiting.map(({ metadata }) => metadata)).toEqual(
      hostile.map((text) => ({ [text]: text })),
    );
  });

  test('what is begun counts a death until it is given back or done; those that die often come last', async () => {
    const job = await submit(urlItems(['a', 'b', 'c']));
    const [a, b] = (await jobs.waiting(job.id, ALL)).map(({ seq }) => seq) as [number, number];
    for (let death = 1; death <= 2; death++) await record(job.id, { begun: [a, b] });
    await record(job.id, { begun: [a] });
    expect(await keys(job.id)).toBe('c');
    expect(await keys(job.id, { suspects: true })).toBe('ba');
    await record(job.id, { released: [a, b] });
    expect(await keys(job.id)).toBe('bc');
    expect(await keys(job.id, { suspects: true })).toBe('a');
    await record(job.id, { failed: [{ seq: a, error: FAILURE }] });
    expect(await keys(job.id, { suspects: true })).toBe('');
    expect((await jobs.retryFailed(job.id)).state).toBe('QUEUED');
    // With none of their deaths.
    expect(await keys(job.id)).toBe('abc');
  });

  test('a batch that is recorded twice counts once', async () => {
    const job = await submit(urlItems(['a', 'b', 'c', 'd']));
    const seqs = (await jobs.waiting(job.id, ALL)).map(({ seq }) => seq);
    const [a, b, c] = seqs as [number, number, number];
    const batch = {
      written: [{ seq: a, item: sample('a', 1), isUnchanged: false }],
      unchanged: [b],
      failed: [{ seq: c, error: FAILURE }],
    };
    await record(job.id, batch);
    const again = await opened.another();
    await again.jobs.record(job.id, photos, { ...NOTHING, ...batch });
    expect(await counts(job)).toEqual({ done: 1, unchanged: 1, failed: 1, total: 4 });
    expect(await keys(job.id)).toBe('d');
    expect((await opened.collections.find(owner, 'photos')).items).toBe(1);
    const { failures } = await jobs.failures(job.id, { first: 9 });
    expect(failures).toEqual([{ key: 'c', source: 'c', error: FAILURE }]);
  });

  test('with an item that the collection refuses, nothing of a batch is written', async () => {
    const job = await submit(urlItems(['a', 'b', 'c']));
    const [a, b, c] = (await jobs.waiting(job.id, ALL)).map(({ seq }) => seq);
    const refused = { ...sample('b', 2), metadata: { n: Number.POSITIVE_INFINITY } };
    const batch = {
      begun: [c!],
      written: [
        { seq: a!, item: sample('a', 1), isUnchanged: false },
        { seq: b!, item: refused, isUnchanged: false },
      ],
    };
    await expect(record(job.id, batch)).rejects.toMatchObject({ code: 'BAD_METADATA' });
    expect(await counts(job)).toEqual({ done: 0, unchanged: 0, failed: 0, total: 3 });
    expect(await opened.collections.items(photos, ['a'])).toEqual([undefined]);
    expect((await jobs.waiting(job.id, ALL)).map(({ deaths }) => deaths)).toEqual([0, 0, 0]);
  });

  test('new vectors of a collection that moves are written with their items', async () => {
    await opened.collections.upsert(photos, [sample('a', 1), sample('b', 2)]);
    const moving = await opened.collections.beginReembedding(photos, OTHER_SPACE);
    const job = await submit(urlItems(['a', 'b']));
    const [a, b] = (await jobs.waiting(job.id, ALL)).map(({ seq }) => seq) as [number, number];
    const rows = (await opened.collections.items(moving, ['a', 'b'])).map((item) => item!.row);
    const vector = (place: number) => ({
      row: rows[place]!,
      embedding: vectorOf(place, OTHER_SPACE.dimensions),
    });
    await record(job.id, { reembedded: [{ seq: a, vector: vector(0) }] }, moving);
    expect(await opened.collections.finishReembedding(moving)).toBeUndefined();
    await record(job.id, { reembedded: [{ seq: b, vector: vector(1) }] }, moving);
    expect(await counts(job)).toMatchObject({ done: 2 });
    expect((await opened.collections.finishReembedding(moving))!.space).toEqual(OTHER_SPACE);
  });

  test('failures come in pages, and wait again when they are retried', async () => {
    const job = await submit(urlItems(['a', 'b', 'c']));
    const waiting = await jobs.waiting(job.id, ALL);
    const failed = waiting.map(({ seq }) => ({ seq, error: { ...FAILURE, retryable: true } }));
    await record(job.id, { failed });
    const page = await jobs.failures(job.id, { first: 2 });
    expect(page.failures.map(({ key }) => key)).toEqual(['a', 'b']);
    expect(page.failures[0]!.error).toEqual({ ...FAILURE, retryable: true });
    const last = await jobs.failures(job.id, { first: 2, after: page.next! });
    expect(last).toMatchObject({ failures: [{ key: 'c' }], next: undefined });
    expect(await jobs.retryFailed(job.id)).toMatchObject({ state: 'QUEUED', failed: 0 });
    expect(await keys(job.id)).toBe('abc');
  });

  test('while it runs, a job tells how many items it does a second, and how long it will take', async () => {
    const job = await submit(urlItems(['a', 'b', 'c', 'd']));
    await jobs.setState(job.id, ['QUEUED'], 'RUNNING');
    const seqs = (await jobs.waiting(job.id, ALL)).map(({ seq }) => seq);
    await record(job.id, { unchanged: seqs.slice(0, 3), perSecond: 5 });
    const { perSecond, secondsLeft } = (await jobs.get(job.id))!;
    expect(perSecond).toBeGreaterThan(0);
    expect(secondsLeft).toBeCloseTo(1 / perSecond!, 6);
    expect(await jobs.setState(job.id, ['RUNNING'], 'PAUSED')).toMatchObject({
      perSecond: undefined,
    });
  });

  test('a job without items of its own counts by itself', async () => {
    const work = { kind: 'DELETE', where: { field: 'a', op: 'exists', value: true }, dryRun: true };
    const job = await jobs.add(
      { owner, collection: 'photos', collectionId: photos.id, work: work as never, local: false },
      undefined,
    );
    expect(job).toMatchObject({ total: undefined, work });
    await jobs.setCounts(job.id, { done: 3, total: 7, perSecond: 1 });
    expect(await counts(job)).toEqual({ done: 3, total: 7, failed: 0, unchanged: 0 });
  });
});

const NOTHING: JobBatch = {
  begun: [],
  released: [],
  written: [],
  reembedded: [],
  unchanged: [],
  failed: [],
  perSecond: 0,
};
