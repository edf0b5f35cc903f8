// These run the built command line: `npm test` builds it first.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PictureHost, startPictureHost } from '../../jobs/testing/picture-host.ts';
import { clipql, expectFailure } from '../../testing/command-line.ts';
import { NANO } from '../../testing/models.ts';

let host: PictureHost;
let root: string;

beforeAll(async () => {
  host = await startPictureHost((number, _, response) => {
    if (number !== 3) return false;
    response.writeHead(410).end();
    return true;
  });
  root = await mkdtemp(join(tmpdir(), 'clipql-unsplash-'));
  const write = (name: string, rows: readonly (readonly string[])[]) =>
    writeFile(join(root, name), rows.map((row) => `${row.join('\t')}\n`).join(''));
  // Invented, in the data set's form; PostgreSQL quotes a cell with a quote, a tab or a line end.
  const header = [
    ...['photo_id', 'photo_url', 'photo_image_url', 'photo_submitted_at', 'photo_featured'],
    ...['photo_description', 'photographer_first_name', 'photographer_last_name'],
    ...['exif_iso', 'exif_aperture_value', 'photo_location_country', 'photo_blur_hash'],
  ];
  const page = 'https://unsplash.example/photos/';
  await write('photos.tsv000', [
    header,
    [
      ...['aaaaaaaaaaa', `${page}a`, host.url(1), '2019-10-23 15:06:38.49196', 't'],
      ...['"A ""red""\nbarn\tin snow"', 'Ada', 'Berg', '200', '2.8', 'Norway', 'LE'],
    ],
  ]);
  await write('photos.tsv001', [
    header,
    ['bbbbbbbbbbb', `${page}b`, host.url(2), '', 'f', '', 'Bo', '', 'many', '', '', ''],
    ['ccccccccccc', `${page}c`, host.url(3), '', 'f', '', '', '', '', '', '', ''],
  ]);
  await write('keywords.tsv000', [
    [
      'photo_id',
      'keyword',
      'ai_service_1_confidence',
      'ai_service_2_confidence',
      'suggested_by_user',
    ],
    ['aaaaaaaaaaa', 'barn', '12.5', '', 'f'],
    ['aaaaaaaaaaa', 'winter', '', '90.1', 'f'],
    ['aaaaaaaaaaa', 'home', '', '', 't'],
    ['zzzzzzzzzzz', 'of no photo', '', '', 't'],
  ]);
  await write('collections.tsv000', [
    ['photo_id', 'collection_id', 'collection_title', 'photo_collected_at'],
    ['aaaaaaaaaaa', '7', 'Red things', '2020-01-01 00:00:00'],
  ]);
  await write('colors.tsv000', [
    ['photo_id', 'hex', 'red', 'green', 'blue', 'keyword', 'ai_coverage', 'ai_score'],
    ['aaaaaaaaaaa', 'EEEEEE', '238', '238', '238', 'white', '0.2', '0.1'],
    ['aaaaaaaaaaa', 'AA0000', '170', '0', '0', 'darkred', '0.6', '0.3'],
  ]);
});

afterAll(async () => {
  await host.close();
  await rm(root, { recursive: true });
});

const run = (...args: readonly string[]) =>
  clipql(...args, '--data', join(root, 'data'), '--model', NANO, '--allow-hosts', host.host);

test('the Unsplash data set is indexed with the metadata of all its files', async () => {
  const { stderr, exitCode } = await run('import', 'unsplash', root);
  expect(stderr).toMatch(/^clipql: IMAGE_FETCH_FAILED: .*3\.png.*410/m);
  expect(stderr).toMatch(/clipql: unsplash has 2 images: 2 indexed, 0 unchanged, 1 failed\n$/);
  expect(exitCode).toBe(1);
  const found = await run(
    'search',
    'a barn',
    '--all',
    '--where',
    'country = Norway and keywords contains winter',
    '--format',
    'json',
  );
  expect(JSON.parse(found.stdout)).toMatchObject([
    {
      image: `${host.url(1)}?w=640&fit=max`,
      key: 'aaaaaaaaaaa',
      metadata: {
        page: 'https://unsplash.example/photos/a',
        submitted: '2019-10-23 15:06:38.49196',
        featured: true,
        description: 'A "red"\nbarn\tin snow',
        photographer: 'Ada Berg',
        iso: 200,
        aperture: 2.8,
        country: 'Norway',
        keywords: ['home', 'winter', 'barn'],
        collections: ['Red things'],
        colors: ['darkred', 'white'],
      },
    },
  ]);
  const other = await run(
    'search',
    'a barn',
    '--all',
    '--where',
    'featured = false',
    '--format',
    'json',
  );
  expect(JSON.parse(other.stdout)[0].metadata).toEqual({
    page: 'https://unsplash.example/photos/b',
    featured: false,
    photographer: 'Bo',
  });
});

test('imported again, what is there is not fetched again, and has its new metadata', async () => {
  const rows = await readFile(join(root, 'photos.tsv001'), 'utf8');
  await writeFile(join(root, 'photos.tsv001'), rows.replace('\tBo\t', '\tBodil\t'));
  const before = [1, 2].map((number) => host.requests.get(number));
  const { stderr } = await run('import', 'unsplash', root);
  expect(stderr).toMatch(/clipql: unsplash has 2 images: 0 indexed, 0 unchanged, 1 failed\n$/);
  expect([1, 2].map((number) => host.requests.get(number))).toEqual(before);
  const found = await run('search', 'a barn', '--all', '--where', 'photographer = Bodil');
  expect(found.stdout).toContain('bbbbbbbbbbb');
});

test('a folder without the data set and one with a ragged file are refused, and make no collection', async () => {
  expectFailure(
    await run('import', 'unsplash', NANO, '--in', 'other'),
    /BAD_TABLE: expected photos\.tsv000 in .*nano, got no such file/,
  );
  await writeFile(join(root, 'photos.tsv000'), 'photo_id\tphoto_image_url\nonly one\n');
  expectFailure(
    await run('import', 'unsplash', root, '--in', 'other'),
    /BAD_TABLE: expected 2 cells in each row, as in the first, got 1 in line 2/,
  );
  const { stdout } = await clipql('collections', '--data', join(root, 'data'));
  expect(stdout).toMatch(/^name.*\nunsplash.*\n$/);
});
