// These run the built command line: `npm test` builds it first.
import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import {
  type BadUse,
  CLIPQL,
  clipql,
  expectFailure,
  finished,
  startClipql,
} from '../testing/command-line.ts';
import { nestTooDeep } from '../testing/image-folder.ts';

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url));
const SHEEP = join(EXAMPLES, 'march-pastoral.jpg');

/** Labels that a careless writer of CSV would spoil. */
const HARD_LABELS = ['sheep', '=cmd|"/c calc"!A1', 'a "quoted", b', ' +1', '-2', '@SUM(1)', 'bœuf'];

let folder: string;
let labelsFile: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipql-test-'));
  labelsFile = join(folder, 'labels.txt');
  await writeFile(labelsFile, `\uFEFF${HARD_LABELS.join('\r\n\r\n')}\r\n`);
  await mkdir(join(folder, 'photos', 'inner'), { recursive: true });
  await cp(SHEEP, join(folder, 'photos', 'inner', 'sheep.JPG'));
  await cp(join(EXAMPLES, 'black-canyon.jpg'), join(folder, 'photos', 'canyon.jpg'));
  await writeFile(join(folder, 'photos', 'broken.png'), 'no image');
  await writeFile(join(folder, 'photos', 'notes.txt'), 'no image by its name');
  await writeFile(join(folder, 'photos', '.hidden.jpg'), 'hidden');
});

afterAll(() => rm(folder, { recursive: true }));

/** Reads CSV as RFC 4180 has it, not as the writer thinks of it. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n)/g)) {
    rows.at(-1)!.push(quoted?.replaceAll('""', '"') ?? plain!);
    if (end === '\n') rows.push([]);
  }
  return rows.slice(0, -1);
}

test('csv has a line a label with every label as it was given, and --top applies', async () => {
  const args = ['classify', SHEEP, '--labels-file', labelsFile, '--format', 'csv'];
  const { exitCode, stdout, stderr } = await clipql(...args);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const [header, ...rows] = parseCsv(stdout);
  expect(header).toEqual(
    'image,rank,label,probability,cosine,logit,error_code,error_message'.split(','),
  );
  expect(rows.map(([, , label]) => label).sort()).toEqual(HARD_LABELS.map((l) => l.trim()).sort());
  expect(rows.map(([, rank]) => rank)).toEqual(HARD_LABELS.map((_, i) => String(i + 1)));
  expect(rows.every((row) => row.length === 8 && row[0] === SHEEP)).toBe(true);
  const probabilities = rows.map(([, , , probability]) => Number(probability));
  expect(probabilities.reduce((sum, value) => sum + value)).toBeCloseTo(1, 5);

  const top = await clipql(...args, '--top', '2');
  expect(parseCsv(top.stdout)).toEqual([header, ...rows.slice(0, 2)]);
});

test('a folder stands for its images, in the order of their paths, however deep', async () => {
  const { exitCode, stdout, stderr } = await clipql(
    ...['classify', join(folder, 'photos'), '--labels', 'sheep,canyon', '--format', 'jsonl'],
  );
  const answers = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(answers).toEqual([
    {
      image: join(folder, 'photos', 'broken.png'),
      error: expect.objectContaining({ code: 'IMAGE_UNSUPPORTED' }),
    },
    expect.objectContaining({
      image: join(folder, 'photos', 'canyon.jpg'),
      label: expect.any(String),
    }),
    expect.objectContaining({
      image: join(folder, 'photos', 'inner', 'sheep.JPG'),
      label: 'sheep',
    }),
  ]);
  expect(stderr).toMatch(
    /^clipql: warning: [^\n]*: 1 \.txt\nclipql: IMAGE_UNSUPPORTED: [^\n]*broken\.png: [^\n]+\n$/,
  );
  expect(exitCode).toBe(1);
});

test('a folder without images is reported, and the others are answered', async () => {
  const empty = join(folder, 'empty');
  await mkdir(empty);
  const { exitCode, stdout, stderr } = await clipql(
    'classify',
    empty,
    SHEEP,
    '--labels',
    'a',
    '--format',
    'csv',
  );
  expect(stderr).toMatch(/^clipql: NO_IMAGES: [^\n]+\n$/);
  expect(stderr.split('empty')).toHaveLength(2);
  expect(parseCsv(stdout)).toMatchObject([
    { 0: 'image' },
    [empty, '', '', '', '', '', 'NO_IMAGES', expect.any(String)],
    { 0: SHEEP, 1: '1', 2: 'a' },
  ]);
  expect(exitCode).toBe(1);
});

test('a folder within a folder that cannot be read is reported, and the others’ images are answered', async () => {
  const outer = join(folder, 'deep');
  onTestFinished(await nestTooDeep(outer));
  await cp(SHEEP, join(outer, 'sheep.jpg'));
  const { exitCode, stdout, stderr } = await clipql(
    ...['classify', outer, '--labels', 'sheep,canyon', '--json'],
  );
  expect(stderr).toMatch(
    /^clipql: FOLDER_UNREADABLE: [^\n]*deep\/x+…: expected a folder that can be read, got E\w+\n$/,
  );
  expect(JSON.parse(stdout)).toMatchObject([
    { image: expect.stringContaining(outer), error: { code: 'FOLDER_UNREADABLE' } },
    { image: join(outer, 'sheep.jpg'), label: 'sheep' },
  ]);
  expect(exitCode).toBe(1);
});

test('--format json and --json are the same', async () => {
  const args = ['classify', SHEEP, join(folder, 'photos', 'broken.png'), '--labels', 'a,b'];
  const [long, short] = await Promise.all([
    clipql(...args, '--format', 'json'),
    clipql(...args, '--json'),
  ]);
  const untimed = (text: string) =>
    JSON.parse(text).map((answer: object) => ({ ...answer, timing: null }));
  expect(untimed(long.stdout)).toEqual(untimed(short.stdout));
  expect(untimed(long.stdout)).toMatchObject([
    { image: SHEEP },
    { error: { code: 'IMAGE_UNSUPPORTED' } },
  ]);
});

test('labels come from standard input, and add to those of --labels', async () => {
  const child = startClipql(['classify', SHEEP, '--labels', 'a', '--labels-file', '-', '--json']);
  child.stdin.end('b, with a comma\nc');
  const { stdout } = await finished(child);
  const [{ scores }] = JSON.parse(stdout);
  expect(scores.map(({ label }: { label: string }) => label).sort()).toEqual([
    'a',
    'b, with a comma',
    'c',
  ]);
});

const BAD_USES: readonly BadUse[] = [
  {
    what: 'an unknown format',
    args: ['--labels', 'a', '--format', 'xml'],
    line: /BAD_OPTION: .*table, json, jsonl, csv/,
  },
  {
    what: '--json with --format',
    args: ['--labels', 'a', '--json', '--format', 'csv'],
    line: /BAD_OPTION: .*cannot be used with/,
  },
  {
    what: 'no file of labels',
    args: ['--labels-file', 'nowhere.txt'],
    line: /BAD_OPTION: expected --labels-file .*no such file: nowhere\.txt/,
  },
  {
    what: 'an image as file of labels',
    args: ['--labels-file', SHEEP],
    line: /BAD_OPTION: expected --labels-file as a text file in UTF-8, got other bytes/,
  },
];

test.each(BAD_USES)('classify with $what', async ({ args, line }) => {
  expectFailure(await clipql('classify', SHEEP, ...args), line);
});

test('`clipql … | head -1` ends quietly, with a line and nothing on standard error', async () => {
  const images = Array.from({ length: 40 }, () => SHEEP);
  const command = '"$0" "$@" | head -1';
  const args = ['classify', ...images, '--labels', 'sheep,boat', '--format', 'jsonl'];
  const child = spawn('sh', ['-c', command, process.execPath, CLIPQL, ...args]);
  const { exitCode, stdout, stderr } = await finished(child);
  expect(JSON.parse(stdout)).toMatchObject({ label: 'sheep' });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
});

test('an address that cannot be fetched is named once', async () => {
  const url = `http://${'x'.repeat(64)}.test/a.jpg`;
  const { stderr } = await clipql('classify', `${url}?size=1`, '--labels', 'a');
  expect(stderr).toMatch(/^clipql: IMAGE_FETCH_FAILED: http/);
  expect(stderr.split('.test/a.jpg')).toHaveLength(2);
});
