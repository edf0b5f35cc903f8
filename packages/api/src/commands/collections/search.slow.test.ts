// These run the built command line: `npm test` builds it first.
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SHARED } from '../../access/owner.ts';
import { type BadUse, clipql, expectFailure, type Finished } from '../../testing/command-line.ts';
import { withLocalStore } from './local-store.ts';

const EXAMPLES = fileURLToPath(new URL('../../../examples/', import.meta.url));
/** Ends a tag and turns a terminal red. */
const HOSTILE = '"><b>\x1b[31mcanyon.jpg';

let root: string;
let data: string;
let photos: string;
let first: Finished;

const search = (...args: readonly string[]) => clipql('search', '--data', data, ...args);

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'clipql-search-'));
  [data, photos] = [join(root, 'data'), join(root, 'photos')];
  await mkdir(photos);
  const copies = {
    'march-pastoral.jpg': 'sheep.jpg',
    'nagasaki-boats.jpg': 'boats.jpg',
    'black-canyon.jpg': HOSTILE,
  };
  for (const [from, to] of Object.entries(copies)) {
    await copyFile(join(EXAMPLES, from), join(photos, to));
  }
  first = await search('--in', photos, 'boats on the water', '--format', 'paths');
});

afterAll(() => rm(root, { recursive: true }));

test('search indexes a folder that is not yet there, and writes what is relevant alone', () => {
  expect(first.stdout).toBe(`${join(photos, 'boats.jpg')}\n`);
  expect(first.stderr).toMatch(
    /clipql: photos: 3 indexed now\nclipql: 1 of 3 images in photos is relevant\n$/,
  );
  expect(first.exitCode).toBe(0);
});

test('search finds an image that was added since, or leaves it out with --no-index', async () => {
  const added = join(photos, 'alps.jpg');
  await copyFile(join(EXAMPLES, 'french-alpine-landscape.jpg'), added);
  const args = ['snowy mountains', '--no-index', '--all', '--format', 'paths'];
  const without = await search(...args);
  expect(without.stdout.split('\n')).toHaveLength(4);
  expect(without.stdout).not.toContain(added);
  expect(await search(...args, '--in', photos)).toEqual(without);
  const found = await search('snowy mountains', '--format', 'paths', '--quiet', '--top', '1');
  expect(found).toEqual({ stdout: `${added}\n`, stderr: '', exitCode: 0 });
  await rm(added);
});

test('the table is safe for terminals, and words are weighed against others and against images', async () => {
  const args = ['--not', 'boat', '--like', join(photos, HOSTILE), '--all'];
  const { stdout, stderr } = await search('water', ...args);
  const lines = stdout.trimEnd().split('\n');
  expect(lines).toHaveLength(2);
  for (const line of lines)
    expect(line).toMatch(/^\d {2} +\d+ % {2}cosine +-?\d\.\d{3} {2}\/.*jpg$/);
  // What the query names is no answer to it.
  expect(stdout).not.toContain('canyon');
  expect(stderr).toBe('clipql: the nearest 2 of 3 images in photos\n');
  const all = await search('rocks', '--all');
  expect(all.stdout).toContain('"><b>\ufffd[31mcanyon.jpg');
});

test('json has the fields of an item, jsonl a line each, and --where filters by metadata', async () => {
  await withLocalStore({ data }, async ({ collections }) => {
    const collection = await collections.find(SHARED, 'photos');
    const years = { 'sheep.jpg': 1875, 'boats.jpg': 1880 };
    const items = Object.entries(years).map(([name, year]) => ({
      key: join(photos, name),
      metadata: { year },
    }));
    await collections.setMetadata(collection, items);
  });
  const json = await search('animals', '--where', 'year < 1880', '--all', '--format', 'json');
  expect(JSON.parse(json.stdout)).toEqual([
    {
      image: join(photos, 'sheep.jpg'),
      relevance: expect.any(Number),
      cosine: expect.any(Number),
      shares: [1],
      file: { format: 'jpeg', width: 1024, height: 498, bytes: 290_394 },
      modified: expect.stringMatching(/Z$/),
      indexedAt: expect.stringMatching(/Z$/),
      metadata: { year: 1875 },
    },
  ]);
  const jsonl = await search('animals', '--where', 'year exists', '--all', '--format', 'jsonl');
  const lines = jsonl.stdout.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).metadata.year)).toEqual([1875, 1880]);
});

test('html is one page that refers to nothing else, with a picture each and names escaped', async () => {
  const { stdout } = await search('rocks & <script>', '--all', '--format', 'html');
  expect(stdout.match(/<img alt="[^"]*" src="data:image\/jpeg;base64,[\w+/=]+">/g)).toHaveLength(3);
  expect(stdout).toContain('<h1>“rocks &amp; &lt;script&gt;”</h1>');
  expect(stdout).toContain('<b>&quot;&gt;&lt;b&gt;\ufffd[31mcanyon.jpg</b>');
  expect(stdout).not.toMatch(/<script|<link|https?:/);
  expect(stdout).toMatch(/<\/html>\n$/);
});

const BAD_USES: readonly BadUse[] = [
  { what: 'nothing', args: [], line: /BAD_OPTION: expected words, --image or --like, got none/ },
  {
    what: 'an unknown collection',
    args: ['a', '--in', 'none'],
    line: /UNKNOWN_COLLECTION: expected a collection’s name \(known: photos\), got "none", and there is no such folder/,
  },
  {
    what: 'too many',
    args: ['a', '--top', '1001'],
    line: /BAD_OPTION: expected --top of at most 1,000, got 1,001/,
  },
  {
    what: 'a relevance that none has',
    args: ['a', '--at-least', '1'],
    line: /BAD_OPTION: expected --at-least between 0 and 1, got "1"/,
  },
  {
    what: 'all and some',
    args: ['a', '--at-least', '0.5', '--all'],
    line: /BAD_OPTION: .*cannot be used with/,
  },
  {
    what: 'a filter without a value',
    args: ['a', '--where', 'year >'],
    line: /BAD_FILTER: expected a value at character 7, got the end/,
  },
  { what: 'an unknown item', args: ['--like', 'none.jpg'], line: /UNKNOWN_ITEM: .*none\.jpg/ },
];

test.each(BAD_USES)('$what is refused', async ({ args, line }) => {
  expectFailure(await search(...args), line);
});

test('what search leaves out of a folder it says, and what fails makes the exit code 1', async () => {
  const phone = join(root, 'phone');
  await mkdir(phone);
  await copyFile(join(EXAMPLES, 'march-pastoral.jpg'), join(phone, 'a.jpg'));
  await writeFile(join(phone, 'b.heic'), 'none');
  const skipped = `clipql: warning: ${phone} has files that were passed over, by their endings: 1 .heic\n`;
  const whole = await search('sheep', '--in', phone, '--all');
  expect(whole).toMatchObject({ stderr: expect.stringContaining(skipped), exitCode: 0 });

  await writeFile(join(phone, 'bad.jpg'), 'this is no image');
  const failed = await search('sheep', '--in', phone, '--all', '--quiet');
  expect(failed.stderr).toMatch(/^clipql: IMAGE_UNSUPPORTED: .*bad\.jpg: expected PNG.*\n$/);
  expect(failed.stdout).toContain('a.jpg');
  expect(failed.exitCode).toBe(1);

  // It is not tried again, and so fails nothing.
  const again = await search('sheep', '--in', phone, '--all');
  expect(again.stderr).toContain(
    `clipql: warning: ${phone}: 1 image that failed before is left out (clipql index says why)\n`,
  );
  expect(again.exitCode).toBe(0);
});

test('a collection whose folder is missing is searched as it was', async () => {
  await rm(photos, { recursive: true });
  const { stdout, stderr, exitCode } = await search(
    ...['boats', '--in', 'photos', '--all', '--top', '1', '--format', 'paths'],
  );
  expect(stdout).toBe(`${join(photos, 'boats.jpg')}\n`);
  expect(stderr).toBe(
    `clipql: NO_IMAGES: ${photos}: expected a folder of images, got none of this name\nclipql: the nearest 1 of 3 images in photos\n`,
  );
  expect(exitCode).toBe(1);
});
