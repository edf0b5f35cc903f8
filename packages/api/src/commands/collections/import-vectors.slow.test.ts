// These run the built command line: `npm test` builds it first.
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openVectors } from '../../collection-files/open-vectors.ts';
import { npyFile } from '../../collection-files/testing/npy-file.ts';
import { type PictureHost, startPictureHost } from '../../jobs/testing/picture-host.ts';
import { clipql, expectFailure } from '../../testing/command-line.ts';
import { LITE, NANO } from '../../testing/models.ts';

const EXAMPLES = fileURLToPath(new URL('../../../examples', import.meta.url));

let host: PictureHost;
let root: string;
/** Of the sample photos, in the order of their names. */
let vectors: readonly Float32Array[];
const NAMES = [
  ...['airplane-from-above', 'allium-oreophilum', 'black-canyon', 'dust-bowl-home'],
  ...['french-alpine-landscape', 'march-pastoral', 'nagasaki-boats'],
];

const at = (name: string) => join(root, name);
const run = (...args: readonly string[]) => clipql(...args, '--data', at('data'), '--model', NANO);
const kept = (...args: readonly string[]) => clipql(...args, '--data', at('data'));
const importing = (...args: readonly string[]) => run('import', 'vectors', ...args);
const json = async (...args: readonly string[]) =>
  JSON.parse((await run('search', 'sheep', '--all', '--format', 'json', ...args)).stdout);

beforeAll(async () => {
  host = await startPictureHost();
  root = await mkdtemp(join(tmpdir(), 'clipql-vectors-'));
  await cp(EXAMPLES, at('photos'), { recursive: true });
  await clipql('embed', '--images', at('photos'), '--model', NANO, '--out', at('made.npy'));
  const made = await openVectors(at('made.npy'));
  vectors = await made.read(0, NAMES.length);
  await made.close();
  // As others keep them: halves, not of length 1.
  const long = vectors.map((vector) => vector.map((value) => 7 * value));
  await writeFile(at('features.npy'), npyFile(long, { type: Float16Array }));
  await writeFile(
    at('ids.csv'),
    `photo_id,year\n${NAMES.map((id, i) => `${id},${2000 + i}\n`).join('')}`,
  );
  await writeFile(at('keys.txt'), NAMES.map((name) => `${name}\n`).join(''));
});

afterAll(async () => {
  await host.close();
  await rm(root, { recursive: true });
});

test('halves of any length are taken with keys and metadata, once some are embedded again', async () => {
  const args = ['--keys', at('ids.csv'), '--folder', at('photos'), '--in', 'ids'];
  const { stderr, exitCode } = await importing(at('features.npy'), ...args);
  expect(stderr).toMatch(/^clipql: 7 of 7 vectors are what nano makes: cosine at least 1\.0000$/m);
  expect(stderr).toMatch(/^clipql: ids has 7 images, 7 from .*features\.npy\n$/m);
  expect(exitCode).toBe(0);
  const hits = await json('--in', 'ids', '--where', 'year = 2005');
  expect(hits).toMatchObject([
    { key: 'march-pastoral', image: at('photos/march-pastoral.jpg'), metadata: { year: 2005 } },
  ]);
  expect(hits[0]).not.toHaveProperty('file');
  const same = await kept('duplicates', '--in', 'ids', '--level', 'same-bytes');
  expect(same.stderr).toContain('0 groups');
});

test('again, with keys alone, all stays as it is, metadata too', async () => {
  const before = await json('--in', 'ids');
  const args = ['--keys', at('keys.txt'), '--no-header', '--folder', at('photos'), '--in', 'ids'];
  const { exitCode } = await importing(at('features.npy'), ...args);
  expect(exitCode).toBe(0);
  const stable = (hits: readonly object[]) => hits.map((hit) => ({ ...hit, indexedAt: '' }));
  expect(stable(await json('--in', 'ids'))).toEqual(stable(before));
});

test('paths become the keys that an index has, which then learns about the files', async () => {
  await writeFile(at('paths.csv'), `file\n${NAMES.map((name) => `${name}.jpg\n`).join('')}`);
  const args = ['--keys', at('paths.csv'), '--folder', at('photos'), '--in', 'photos'];
  expect((await importing(at('features.npy'), ...args)).exitCode).toBe(0);
  const { stderr } = await run('index', at('photos'), '--in', 'photos');
  expect(stderr).toMatch(/photos has 7 images: 7 indexed now\n$/);
  const [hit] = await json('--in', 'photos', '--top', '1');
  expect(hit.file).toMatchObject({ format: 'jpeg' });
  expect((await run('index', at('photos'), '--in', 'photos')).stderr).toMatch(/all up to date\n$/);
});

test('what an export has is taken, and checked by its paths', async () => {
  await kept('collections', 'export', 'photos', at('exported.npy'));
  const { stderr } = await importing(at('exported.npy'), '--keys', at('exported.csv'));
  expect(stderr).toMatch(/7 of 7 vectors are what nano makes: cosine at least (1\.0|0\.999)/);
  expect(stderr).toMatch(/exported has 7 images/);
});

test('images are fetched where a column has URLs, and those that cannot be had are passed over', async () => {
  const sources = NAMES.map((_, i) => (i < 3 ? host.url(i) : 'https://127.0.0.1:1/none.png'));
  await writeFile(
    at('urls.jsonl'),
    sources.map((url, i) => `${JSON.stringify({ key: `k${i}`, url })}\n`).join(''),
  );
  const args = [at('features.npy'), '--keys', at('urls.jsonl'), '--source', 'url', '--in', 'urls'];
  // They are other pictures than the vectors are of.
  expectFailure(
    await importing(...args, '--allow-hosts', '127.0.0.1'),
    /COLLECTION_MODEL_MISMATCH: expected vectors that nano makes of these images \(a cosine of at least 0\.98\), got others for 3 of 3, the worst -?0\.\d+ for k\d/,
  );
  const unreachable = await importing(...args);
  expect(unreachable.stderr).toMatch(
    /warning: nothing was checked: .* \(no image could be read: .*HOST_NOT_ALLOWED/,
  );
  expect(unreachable.exitCode).toBe(0);
});

test.each([
  [
    'no key column',
    ['--keys', 'ids.csv', '--key', 'id'],
    /BAD_TABLE: expected a column "id", got "photo_id", "year"/,
  ],
  [
    'fewer keys',
    ['--keys', 'keys.txt'],
    /BAD_INPUT: expected 7 keys, one for each vector, got 6 \(--no-header if the first row is one\)/,
  ],
  [
    'several columns without a header',
    ['--keys', 'ids.csv', '--no-header'],
    /BAD_TABLE: expected a cell for "key" alone in each row, got 2 in line 1/,
  ],
  [
    'a key twice',
    ['--keys', 'twice.csv'],
    /BAD_INPUT: expected a key of its own in each row, got "a" in rows 1 and 3/,
  ],
  [
    'keys in another form',
    ['--keys', 'features.npy'],
    /BAD_OPTION: expected --keys with one of \.csv, /,
  ],
  [
    'keys that are not there',
    ['--keys', 'none.csv'],
    /BAD_TABLE: expected a table of keys in .*none\.csv, got/,
  ],
  ['a folder that is not there', ['--keys', 'ids.csv', '--folder', 'none'], /NO_IMAGES/],
  [
    'another model',
    ['--keys', 'ids.csv', '--model', LITE],
    /COLLECTION_MODEL_MISMATCH: expected vectors of 256 values, as .*lite makes, got 128/,
  ],
] as [string, readonly string[], RegExp][])(
  '%s: refused, and there is no collection',
  async (_, args, message) => {
    await writeFile(at('twice.csv'), 'key\nx\na\ny\na\nb\nc\nd\n');
    const named = args.map((arg) => (/^\w+\.\w+$|^none$/.test(arg) ? at(arg) : arg));
    const model = named.includes('--model') ? [] : ['--model', NANO];
    const result = await clipql(
      'import',
      'vectors',
      at('features.npy'),
      '--in',
      'refused',
      '--data',
      at('data'),
      ...named,
      ...model,
    );
    expectFailure(result, message);
    expect((await kept('collections')).stdout).not.toContain('refused');
  },
);

test('a row of zeros is refused by its number, before anything is written', async () => {
  const zeros = vectors.map((vector, i) => (i === 4 ? new Float32Array(vector.length) : vector));
  await writeFile(at('zeros.npy'), npyFile(zeros));
  expectFailure(
    await importing(at('zeros.npy'), '--keys', at('ids.csv')),
    /BAD_INPUT: expected a direction in each row of .*zeros\.npy, got zeros in row 4 \(from 0\)/,
  );
  expect((await kept('collections')).stdout).not.toContain('zeros');
});
