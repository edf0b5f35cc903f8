// These run the built command line: `npm test` builds it first.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SHARED } from '../../access/owner.ts';
import { openLabelSetFolders } from '../../label-sets/label-set-folder.ts';
import { clipql, expectFailure } from '../../testing/command-line.ts';
import { NANO } from '../../testing/models.ts';
import { picture } from '../../testing/pictures.ts';

let root: string;
let data: string;
let photos: string;

const run = (...args: readonly string[]) => clipql(...args, '--data', data);
const at = (name: string) => join(root, name);

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'clipql-collections-'));
  [data, photos] = [at('data'), at('photos')];
  await mkdir(photos);
  const numbers = { 'a.png': 0xff0000, 'b.png': 0x00ff00, 'copy of a.png': 0xff0000 };
  for (const [name, number] of Object.entries(numbers)) {
    await writeFile(join(photos, name), picture(number));
  }
  await writeFile(join(photos, 'bad.png'), 'this is no image');
  await run('index', photos, '--model', NANO, '--thumbnails');
});

afterAll(() => rm(root, { recursive: true }));

test('collections are listed with their folders, as a table or as JSON', async () => {
  const { stdout } = await run('collections');
  expect(stdout).toBe(
    `name    images  model  fields  folders\nphotos  3       nano           ${photos}\n`,
  );
  const json = await run('collections', 'list', '--json');
  expect(JSON.parse(json.stdout)).toMatchObject([
    { name: 'photos', images: 3, model: 'nano', dimensions: 128, fields: {}, folders: [photos] },
  ]);
});

test('what is exported as Parquet and imported again is exported as the same bytes', async () => {
  await run('collections', 'export', 'photos', at('Holiday.parquet'));
  const imported = await run('collections', 'import', at('Holiday.parquet'));
  expect(imported.stderr).toBe(`clipql: holiday has 3 images, 3 from ${at('Holiday.parquet')}\n`);
  await run('collections', 'export', 'holiday', at('again.parquet'));
  const again = await readFile(at('again.parquet'));
  expect(again.equals(await readFile(at('Holiday.parquet')))).toBe(true);
  expect((await run('collections', 'delete', 'holiday')).stderr).toBe(
    'clipql: holiday is deleted\n',
  );
});

test('NumPy has the embeddings, and a CSV file beside it the keys', async () => {
  await run('collections', 'export', 'photos', at('photos.npy'));
  const npy = await readFile(at('photos.npy'));
  expect(npy.toString('latin1')).toContain("'shape': (3, 128)");
  const keys = ['a.png', 'b.png', 'copy of a.png'].map((name) => join(photos, name));
  expect(await readFile(at('photos.csv'), 'utf8')).toBe(`key\n${keys.join('\n')}\n`);
});

test('a backup is a data folder of its own, and says what it has not', async () => {
  await mkdir(at('backup'));
  const backUp = (name: string) => run('collections', 'backup', at(`backup/${name}`));
  const whole = await backUp('clipql.db');
  expect(whole.stderr).toBe(
    `clipql: ${at('backup/clipql.db')} has all collections, classifiers and jobs\n`,
  );
  const labelSets = await openLabelSetFolders(data, () => {});
  const createdAt = new Date(0).toISOString();
  const pets = { name: 'pets', labels: ['cat'], templates: ['{}'], createdAt };
  await labelSets.of(SHARED).write(pets, false);
  await labelSets.close();
  expect((await backUp('second.db')).stderr).toContain(
    `clipql: label sets are not in it: copy ${join(data, 'label-sets')} too\n`,
  );
  const { stdout } = await clipql('collections', '--data', at('backup'));
  expect(stdout).toMatch(/^photos {2}3 /m);
});

test('duplicates are grouped, and of each group one is not among the paths', async () => {
  const level = ['--level', 'same-bytes'];
  const { stdout, stderr } = await run('duplicates', '--in', 'photos', ...level);
  const [a, copy] = [join(photos, 'a.png'), join(photos, 'copy of a.png')];
  expect(stdout).toBe(`${a}\n  cosine 1.000  ${copy}\n`);
  const leftOut = '1 image that failed before is left out (clipql index says why)';
  expect(stderr).toBe(
    `clipql: warning: ${photos}: ${leftOut}\nclipql: 1 group of 2 images in photos is same-bytes\n`,
  );
  const paths = await run('duplicates', ...level, '--format', 'paths');
  expect(paths.stdout).toBe(`${copy}\n`);
  const json = await run('duplicates', ...level, '--format', 'json');
  expect(JSON.parse(json.stdout)).toEqual([
    { image: a, key: a, duplicates: [{ image: copy, key: copy, cosine: 1 }] },
  ]);
});

test('jobs shows what failed, and retry tries it again here', async () => {
  const { stdout } = await run('jobs', 'show', '1');
  expect(stdout).toMatch(/^1 +DONE +INDEX +photos +4 of 4 +1 +command/m);
  expect(stdout).toMatch(/^clipql: IMAGE_UNSUPPORTED: .*bad\.png: expected PNG/m);
  const retried = await run('jobs', 'retry', '1', '--model', NANO);
  expect(retried.stderr).toMatch(/bad\.png.*\nclipql: job 1 is DONE\n$/);
  expect(retried.exitCode).toBe(1);

  await writeFile(join(photos, 'bad.png'), picture(7));
  const mended = await run('jobs', 'retry', '1', '--model', NANO);
  expect(mended).toMatchObject({ stdout: '', exitCode: 0 });
  const json = await run('jobs', '--json');
  expect(JSON.parse(json.stdout)).toMatchObject([
    { id: '1', state: 'DONE', total: 4, done: 4, failed: 0, runBy: 'command' },
  ]);
});

test.each([
  [['jobs', 'pause', '1'], /JOB_STATE: expected a job that is QUEUED or RUNNING/],
  [['jobs', 'show', '99'], /UNKNOWN_JOB: .* got "99"/],
  [['collections', 'delete', 'none'], /UNKNOWN_COLLECTION: .* got "none"/],
  [['collections', 'export', 'photos', 'x.csv'], /BAD_OPTION: .* ends in \.parquet or \.npy/],
  [['collections', 'import', NANO], /BAD_INPUT: expected an export of a collection/],
  [['duplicates', '--level', 'alike'], /BAD_OPTION: .*Allowed choices are same-bytes/],
] as const)('%j is refused', async (args, line) => {
  expectFailure(await run(...args), line);
});
