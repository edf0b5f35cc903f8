import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ownerOf, SHARED } from '../access/owner.ts';
import type { Postgres } from '../postgres/connection.ts';
import { openPostgres } from '../postgres/postgres.ts';
import { type TestPostgres, testPostgres } from '../postgres/testing/test-postgres.ts';
import { copyLabelSets, findLabelSets } from './copy-label-sets.ts';
import type { LabelSet } from './label-set.ts';
import { openLabelSetFolders, readLabelSetFolders } from './label-set-folder.ts';
import type { LabelSetStores } from './label-set-store.ts';
import { openPostgresLabelSets } from './postgres/postgres-label-sets.ts';

const [MODEL, OTHER_MODEL] = ['a'.repeat(64), 'b'.repeat(64)];
const ADA = ownerOf('ada');

let root: string;
let server: TestPostgres;
let database: Postgres;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'clipql-copy-label-sets-'));
  server = await testPostgres();
  database = await openPostgres(server.url);
});

afterAll(async () => {
  await database.close();
  await server.close();
  await rm(root, { recursive: true });
});

const ignore = () => {};

const labelSet = (name: string, labels: readonly string[]): LabelSet => ({
  ...{ name, labels, templates: ['a photo of {}'] },
  createdAt: new Date(labels.length).toISOString(),
});

const promptsOf = ({ labels, templates }: LabelSet, seed: number) =>
  labels.map((label, i) => ({
    ...{ label, template: templates[0]!, truncated: i === 1 },
    direction: Float32Array.of(seed, i, 0.5),
  }));

async function copy(from: LabelSetStores, to: LabelSetStores, most = Number.POSITIVE_INFINITY) {
  const written: string[] = [];
  for await (const { set, isWritten } of copyLabelSets(await findLabelSets(from), to)) {
    if (isWritten) written.push(set.name);
    if (written.length === most) break;
  }
  return written;
}

test('label sets come over with their embeddings, from a folder in use to PostgreSQL and back, also after a break', async () => {
  const inUse = await openLabelSetFolders(join(root, 'from'), ignore);
  const [animals, plants, scenes] = [
    labelSet('animals', ['sheep', 'cow']),
    labelSet('plants', ['fern']),
    labelSet('scenes', ['beach', 'street', 'wood']),
  ];
  for (const set of [animals, plants]) await inUse.of(SHARED).write(set, false);
  await inUse.of(SHARED).writePrompts('animals', MODEL, promptsOf(animals, 1));
  await inUse.of(SHARED).writePrompts('animals', OTHER_MODEL, promptsOf(animals, 2));
  await inUse.of(ADA).write(scenes, false);
  const folder = () => readLabelSetFolders(join(root, 'from'), ignore);
  const stored = () => openPostgresLabelSets(database, ignore);

  expect(await copy(folder(), stored(), 1)).toEqual(['animals']);
  expect(await copy(folder(), stored())).toEqual(['plants', 'scenes']);
  expect(await copy(folder(), stored())).toEqual([]);
  // Embeddings that are new, a set that is another now, and one that is there alone.
  await inUse.of(SHARED).writePrompts('plants', MODEL, promptsOf(plants, 3));
  const moreAnimals = labelSet('animals', ['sheep', 'cow', 'dog']);
  await inUse.of(SHARED).write(moreAnimals, true);
  await inUse.of(SHARED).writePrompts('animals', MODEL, promptsOf(moreAnimals, 4));
  const alone = labelSet('alone', ['lighthouse']);
  await stored().of(SHARED).write(alone, false);
  expect(await copy(folder(), stored())).toEqual(['animals', 'plants']);

  const back = await openLabelSetFolders(join(root, 'to'), ignore);
  expect(await copy(stored(), back)).toEqual(['alone', 'animals', 'plants', 'scenes']);
  for (const stores of [stored(), back]) {
    const setsOf = async (owner: string) =>
      ((await stores.of(owner).readChanged()) ?? []).map(({ set }) => set);
    const sets = (await setsOf(SHARED)).sort((a, b) => (a.name < b.name ? -1 : 1));
    expect(sets).toEqual([alone, moreAnimals, plants]);
    expect(await setsOf(ADA)).toEqual([scenes]);
    for (const [set, seed] of [
      [moreAnimals, 4],
      [plants, 3],
    ] as const) {
      const prompts = await stores.of(SHARED).readPrompts(set.name, MODEL);
      expect([...prompts.values()]).toEqual(promptsOf(set, seed));
    }
  }
  for (const stores of [inUse, back]) await stores.close();
  // As they were read before the copy, so that a second one reads them again.
  expect(await copy(stored(), await openLabelSetFolders(join(root, 'to'), ignore))).toEqual([]);
});

test('a data folder that has never had a label set has none to copy', async () => {
  const from = readLabelSetFolders(join(root, 'never'), ignore);
  expect(await copy(from, openPostgresLabelSets(database, ignore))).toEqual([]);
});
