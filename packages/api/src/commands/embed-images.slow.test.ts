// These run the built command line: `npm test` builds it first.
import {
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tryLock } from '@clipql/core/node';
import { parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import {
  type BadUse,
  expectFailure,
  type Finished,
  finished,
  startClipql,
} from '../testing/command-line.ts';
import { holdingFile } from '../testing/held-file.ts';
import { BAD_IMAGE, nestTooDeep, writeImageFolder } from '../testing/image-folder.ts';
import { NANO } from '../testing/models.ts';

/** With a model that is quick. */
const start = (...args: readonly string[]) => startClipql(args, { CLIPQL_MODEL: NANO });
const clipql = (...args: readonly string[]) => finished(start(...args));

/** CONTRIBUTING.md names the run with two thousand. */
const IMAGES = Number(process.env.CLIPQL_TEST_IMAGES ?? 120);
const E = 128;

let folder: string;
let images: string;
let files: readonly string[];
/** What a run without a kill writes. */
let whole: Buffer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipql-test-'));
  images = join(folder, 'images');
  files = await writeImageFolder(images, IMAGES);
  await clipql('embed', '--images', images, '--out', join(folder, 'whole.npy'));
  whole = await readFile(join(folder, 'whole.npy'));
});

afterAll(() => rm(folder, { recursive: true }));

const embed = (out: string, ...args: readonly string[]) =>
  clipql('embed', '--images', images, '--out', join(folder, out), ...args);

const listing = async (out: string) => {
  const text = await readFile(join(folder, `${out}.rows.jsonl`), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
};

/** The rows that are safe if a run of this output is killed now; -1 before it has begun. */
const safeRows = async (out: string) => {
  const path = join(folder, `${out}.partial`, 'journal.jsonl');
  const [header, ...batches] = (await readFile(path, 'utf8').catch(() => ''))
    .split('\n')
    .slice(0, -1);
  if (header === undefined) return -1;
  return batches.reduce((sum, batch) => sum + JSON.parse(batch).length, 0);
};

/** Starts a run that waits for its last image, and stops it when so many rows are safe. @returns how it ended. */
async function stopAt(out: string, rows: number, signal: NodeJS.Signals): Promise<Finished> {
  const args = ['embed', '--images', images, '--out', join(folder, out)];
  const last = holdingFile(join(images, files.at(-1)!));
  const child = startClipql(args, { CLIPQL_MODEL: NANO, ...last });
  const end = finished(child);
  let over = false;
  child.on('exit', () => {
    over = true;
  });
  while (!over && (await safeRows(out)) < rows) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  child.kill(signal);
  return end;
}

test('a folder that cannot be read is reported, and the rows are those of the others in their order', async () => {
  const outer = join(folder, 'deep');
  onTestFinished(await nestTooDeep(outer));
  const names = await writeImageFolder(outer, 4);
  const out = join(folder, 'deep.npy');
  const { exitCode, stderr } = await clipql('embed', '--images', outer, '--out', out, '--quiet');
  expect(stderr).toMatch(/^clipql: FOLDER_UNREADABLE: [^\n]*deep\/x+…: [^\n]+\n$/);
  const [header, ...rows] = await listing('deep.npy');
  expect(header).toMatchObject({ rows: 4 });
  expect(rows).toMatchObject(names.map((file, row) => ({ row, file })));
  expect(exitCode).toBe(1);
});

test('a run killed at several points, then run again, equals one without a kill', async () => {
  const out = 'killed.npy';
  for (const share of [0, 0.2, 0.4, 0.5, 0.8]) {
    const target = Math.floor(share * IMAGES);
    // One that was killed has no exit code.
    expect((await stopAt(out, target, 'SIGKILL')).exitCode).toBe(null);
    const safe = await safeRows(out);
    expect(safe).toBeGreaterThanOrEqual(target);
    expect(safe).toBeLessThan(IMAGES);
  }
  const last = await embed(out);
  expect(last).toMatchObject({ exitCode: 1, stdout: '' });
  expect(last.stderr).toContain(' rows are kept from an earlier run, ');
  expect(last.stderr).toContain(`${out} has ${IMAGES.toLocaleString('en-US')} rows of 128 values`);
  expect((await readFile(join(folder, out))).equals(whole)).toBe(true);
  expect(await listing(out)).toEqual(await listing('whole.npy'));
  expect((await readdir(folder)).filter((name) => name.includes('partial'))).toEqual([]);
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)(
  '%s says how many rows are kept, and ends with exit code %i',
  async (signal, exitCode) => {
    const out = `${signal}.npy`;
    const end = await stopAt(out, 1, signal);
    expect(end.exitCode).toBe(exitCode);
    const [, kept] =
      /^clipql: stopped; ([\d,]+) of [\d,]+ rows are kept, the same command goes on$/m.exec(
        end.stderr,
      )!;
    // The signal may come when a batch is written, but not yet counted.
    expect(Number(kept!.replaceAll(',', ''))).toBeLessThanOrEqual(await safeRows(out));
    await embed(out);
    expect((await readFile(join(folder, out))).equals(whole)).toBe(true);
  },
);

test('a .npy is float32 [N, E], NaN where a file is bad; the listing has files and errors', async () => {
  expect(whole.subarray(0, 8).toString('latin1')).toBe('\x93NUMPY\x01\x00');
  expect(whole.toString('latin1', 10, 128)).toMatch(
    new RegExp(
      `^\\{'descr': '<f4', 'fortran_order': False, 'shape': \\(${IMAGES}, 128\\), \\} *\n$`,
    ),
  );
  expect(whole.length).toBe(128 + IMAGES * E * 4);
  const values = new Float32Array(Uint8Array.from(whole.subarray(128)).buffer);
  for (let row = 0; row < IMAGES; row++) {
    const embedding = values.subarray(row * E, (row + 1) * E);
    if (row === BAD_IMAGE) expect(embedding.every(Number.isNaN)).toBe(true);
    else expect(Math.hypot(...embedding)).toBeCloseTo(1, 5);
  }
  const [header, ...rows] = await listing('whole.npy');
  expect(header).toMatchObject({ model: 'nano', rows: IMAGES, dimensions: E, normalized: true });
  expect(rows.map(({ row }) => row)).toEqual(files.map((_, i) => i));
  expect(rows.map(({ file }) => file)).toEqual(files);
  expect(rows.filter(({ error }) => error)).toEqual([
    expect.objectContaining({
      row: BAD_IMAGE,
      error: expect.objectContaining({ code: 'IMAGE_UNSUPPORTED' }),
    }),
  ]);
});

test('a row is what `embed --image` gives for its file, bit by bit', async () => {
  const { stdout } = await clipql('embed', '--image', join(images, files[20]!));
  const row = new Float32Array(Uint8Array.from(whole.subarray(128 + 20 * E * 4)).buffer, 0, E);
  expect([...row]).toEqual(JSON.parse(stdout));
});

test('.jsonl and .parquet hold the same rows as .npy', async () => {
  await embed('rows.jsonl');
  await embed('rows.parquet');
  const lines = (await readFile(join(folder, 'rows.jsonl'), 'utf8')).trimEnd().split('\n');
  const parquet = await readFile(join(folder, 'rows.parquet'));
  const objects = await parquetReadObjects({ file: Uint8Array.from(parquet).buffer });
  expect(lines).toHaveLength(IMAGES);
  expect(objects).toHaveLength(IMAGES);
  const values = new Float32Array(Uint8Array.from(whole.subarray(128)).buffer);
  for (const [row, file] of files.entries()) {
    const expected = row === BAD_IMAGE ? null : [...values.subarray(row * E, (row + 1) * E)];
    const line = JSON.parse(lines[row]!);
    expect(line).toMatchObject({ row, file, values: expected });
    expect(objects[row]).toEqual({
      row,
      file,
      // The reader gives undefined for a list that is null.
      values: expected ?? undefined,
      error_code: line.error?.code ?? null,
      error_message: line.error?.message ?? null,
    });
  }
});

test('a bad file is reported, its neighbours are not hurt, and the exit code is 1', async () => {
  const { exitCode, stdout, stderr } = await embed('bad.npy', '--quiet');
  expect(stderr).toMatch(/^clipql: IMAGE_UNSUPPORTED: a\/000007\.png: expected [^\n]+\n$/);
  expect(stdout).toBe('');
  expect(exitCode).toBe(1);
});

test('piped, progress is plain lines, one at each tenth', async () => {
  const { stderr } = await embed('lines.npy');
  expect(stderr.match(/^clipql: [\d,]+ of [\d,]+ images$/gm)!.length).toBeLessThanOrEqual(10);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that none is there is the claim.
  expect(stderr).not.toMatch(/[\r\x1b]/);
});

test('a complete output is not made again; another run’s is kept unless --overwrite', async () => {
  const again = await embed('whole.npy');
  expect(again.stderr).toContain('all rows are there from an earlier run');
  expect(again.exitCode).toBe(1);
  expectFailure(
    await embed('whole.npy', '--raw'),
    /OUTPUT_EXISTS: .*whole\.npy was made with or without --raw, unlike now; --overwrite replaces it/,
  );
  expect((await readFile(join(folder, 'whole.npy'))).equals(whole)).toBe(true);

  await writeFile(join(folder, 'mine.npy'), 'not from here');
  expectFailure(await embed('mine.npy'), /OUTPUT_EXISTS: .*mine\.npy is there; --overwrite/);
  expect(await readFile(join(folder, 'mine.npy'), 'utf8')).toBe('not from here');
  await embed('mine.npy', '--overwrite');
  expect((await readFile(join(folder, 'mine.npy'))).equals(whole)).toBe(true);
});

test('a run does not go on with images that were changed, or with another precision', async () => {
  const own = join(folder, 'own');
  await mkdir(own);
  for (const i of [0, 1, 2]) await copyFile(join(images, files[i]!), join(own, `${i}.png`));
  const args = ['embed', '--images', own, '--out', join(folder, 'own.npy')];
  expect(await clipql(...args)).toMatchObject({ exitCode: 0 });
  expectFailure(await clipql(...args, '--precision', 'int8'), /OUTPUT_EXISTS: .*--precision/);
});

test('embed twice on a folder with one new file: one forward pass', async () => {
  const own = join(folder, 'grows');
  await mkdir(own);
  for (const i of [0, 1, 2]) await copyFile(join(images, files[i]!), join(own, `${i}.png`));
  const run = async (out: string) => {
    const args = ['embed', '--images', own, '--out', join(folder, out)];
    const { exitCode, stderr } = await clipql(...args);
    expect(exitCode).toBe(0);
    return stderr;
  };
  const out = 'grows.npy';
  await run(out);
  await copyFile(join(images, files[3]!), join(own, '1a.png'));
  expect(await run(out)).toContain('3 rows are kept from an earlier run, 1 is to be made');
  await utimes(join(own, '1.png'), 1, 1);
  expect(await run(out)).toContain('3 rows are kept from an earlier run, 1 is to be made');
  await rm(join(own, '0.png'));
  expect(await run(out)).toContain('3 rows are kept from an earlier run, 0 are to be made');
  expect(await run(out)).toContain('all rows are there from an earlier run');
  await run('fresh.npy');
  const fresh = await readFile(join(folder, 'fresh.npy'));
  expect((await readFile(join(folder, out))).equals(fresh)).toBe(true);
  expect(await listing(out)).toEqual(await listing('fresh.npy'));
});

test('a file refused for its size is embedded once the limit is raised, and nothing else is', async () => {
  const own = join(folder, 'limited');
  await mkdir(own);
  for (const i of [0, 1]) await copyFile(join(images, files[i]!), join(own, `${i}.png`));
  const args = ['embed', '--images', own, '--out', join(folder, 'limited.npy')];
  // 24 × 16 and 25 × 17 pixels.
  const refused = await clipql(...args, '--max-megapixels', '0.0004', '--quiet');
  expectFailure(refused, /IMAGE_TOO_LARGE: 1\.png: .*--max-megapixels/);
  const { stderr, exitCode } = await clipql(...args);
  expect(stderr).toContain('1 row is kept from an earlier run, 1 is to be made');
  expect(exitCode).toBe(0);
});

test('several folders, files and a list on standard input make one output, under the paths that were given', async () => {
  const args = ['embed', '--out', join(folder, 'several.jsonl'), '--images', join(images, 'b')];
  const child = startClipql([...args, '--images', '-']);
  const listed = [join(images, files[0]!), join(images, 'nothing.png')];
  child.stdin.end(`${listed.join('\n')}\n`);
  const { stderr, exitCode } = await finished(child);
  expect(stderr).toMatch(/IMAGE_FILE_UNREADABLE: .*nothing\.png: /);
  expect(exitCode).toBe(1);
  const [, ...rows] = await listing('several.jsonl');
  const inFolder = files.filter((file) => file.startsWith('b/')).map((file) => join(images, file));
  expect(rows.map(({ file }) => file)).toEqual([...inFolder, ...listed]);
});

test('two processes do not write one output', async () => {
  const lock = await tryLock(join(folder, 'busy.npy.lock'));
  if (!('release' in lock)) throw new Error('expected a lock');
  expectFailure(await embed('busy.npy'), new RegExp(`OUTPUT_BUSY: process ${process.pid} of `));
  lock.release();
});

const BAD_USES: readonly BadUse[] = [
  {
    what: 'a second --text',
    args: ['--text', 'a dog', '--text', 'a cat'],
    line: /BAD_OPTION: expected --text once, got it again with "a cat"/,
  },
  {
    what: 'a second --precision',
    args: ['--text', 'a', '--precision', 'f32', '--precision', 'int8'],
    line: /BAD_OPTION: expected --precision once/,
  },
  {
    what: '--texts beside --text',
    args: ['--text', 'a', '--texts', 'b.txt'],
    line: /BAD_OPTION: .*--texts/,
  },
  {
    what: 'no such file of texts',
    args: ['--texts', 'nowhere.txt'],
    line: /BAD_OPTION: expected --texts as a text file in UTF-8, got no such file: nowhere\.txt/,
  },
  { what: 'no --out', args: ['--images', '.'], line: /BAD_OPTION: expected --out FILE/ },
  {
    what: 'an ending that says no format',
    args: ['--images', '.', '--out', 'x.csv'],
    line: /BAD_OPTION: .*\.npy, \.jsonl or \.parquet, got "x\.csv"/,
  },
  {
    what: '--out without --images',
    args: ['--text', 'a', '--out', 'x.npy'],
    line: /BAD_OPTION: expected --images with --out/,
  },
  {
    what: 'no such folder',
    args: ['--images', 'nowhere', '--out', 'x.npy'],
    line: /NO_IMAGES: nowhere: expected a folder of images, got none of this name/,
  },
  {
    what: 'an output in no folder',
    args: ['--images', 'packages/api/examples', '--out', 'nowhere/x.npy', '--quiet'],
    line: /OUTPUT_UNWRITABLE: cannot write nowhere\/x\.npy: its folder does not exist/,
  },
];

test.each(BAD_USES)('embed with $what', async ({ args, line }) => {
  expectFailure(await clipql('embed', ...args), line);
});

test('embed --texts gives a line a text, and one that fails leaves the others theirs', async () => {
  const path = join(folder, 'texts.txt');
  await writeFile(path, `a dog\r\n\n${'a'.repeat(100_000)}\na cat\n`);
  const { stdout, stderr, exitCode } = await clipql('embed', '--texts', path);
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const one = async (text: string) => JSON.parse((await clipql('embed', '--text', text)).stdout);
  expect(lines).toEqual([await one('a dog'), null, await one('a cat')]);
  expect(stderr).toMatch(/^clipql: BAD_INPUT: a{10,}…: [^\n]+\n$/);
  expect(exitCode).toBe(1);
});

test('embed --text warns of a text that was cut, with --json and without', async () => {
  const text = 'a dog on a meadow '.repeat(40);
  const warning =
    /^clipql: warning: text "a dog .* was longer than the context of \d+ tokens and was cut\n$/;
  const plain = await clipql('embed', '--text', text);
  expect(plain).toMatchObject({ exitCode: 0, stderr: expect.stringMatching(warning) });
  const json = await clipql('embed', '--text', text, '--json');
  expect(json).toMatchObject({ exitCode: 0, stderr: expect.stringMatching(warning) });
  expect(JSON.parse(json.stdout)).toMatchObject({ truncated: true });
});
