/** Label sets that several servers read and write, of which one's reads come back late or not at all. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SHARED } from '../../access/owner.ts';
import type { Postgres } from '../../postgres/connection.ts';
import { openPostgres } from '../../postgres/postgres.ts';
import { type TestPostgres, testPostgres } from '../../postgres/testing/test-postgres.ts';
import { openPostgresLabelSets } from './postgres-label-sets.ts';

let server: TestPostgres;
let database: Postgres;

beforeAll(async () => {
  server = await testPostgres();
  database = await openPostgres(server.url);
});

afterAll(async () => {
  await database.close();
  await server.close();
});

const storeOf = (connected: Postgres) => openPostgresLabelSets(connected, () => {}).of(SHARED);

/** @param next what becomes of each snapshot, after it was read. */
const withSnapshots = (next: () => Promise<void>): Postgres => ({
  ...database,
  snapshot: async (body) => {
    const result = await database.snapshot(body);
    await next();
    return result;
  },
});

const write = (name: string) =>
  storeOf(database).write(
    { name, labels: ['sheep'], templates: ['{}'], createdAt: new Date(0).toISOString() },
    true,
  );

const namesOf = (kept: Awaited<ReturnType<ReturnType<typeof storeOf>['readChanged']>>) =>
  kept?.map(({ set }) => set.name).sort();

test('a read that comes back after a later one does not bring the older sets back', async () => {
  await write('first');
  const [isRead, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let reads = 0;
  const reader = storeOf(
    withSnapshots(async () => {
      reads += 1;
      if (reads > 1) return;
      isRead.resolve();
      await gate.promise;
    }),
  );
  const late = reader.readChanged();
  await isRead.promise;
  await write('second');
  expect(namesOf(await reader.readChanged())).toEqual(['first', 'second']);
  gate.resolve();
  expect(await late).toBeUndefined();
  expect(await reader.readChanged()).toBeUndefined();
});

test('sets whose read fails are read again', async () => {
  await write('third');
  let reads = 0;
  const reader = storeOf(
    withSnapshots(async () => {
      reads += 1;
      if (reads === 1) throw new Error('the connection was lost');
    }),
  );
  await expect(reader.readChanged()).rejects.toThrow('lost');
  expect(namesOf(await reader.readChanged())).toContain('third');
});
