import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as core from '@clipql/core/node';
import type { Lock } from '@clipql/core/node';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Crash, crashing } from '../testing/crash.ts';
import type { NewRow } from './embedding-file.ts';
import { FORMATS } from './formats.ts';
import type { RunHeader } from './journal.ts';
import { openEmbeddingFile } from './open-embedding-file.ts';

vi.mock('node:fs/promises', async (importOriginal) => {
  const { crashingFileSystem } = await import('../testing/crash.ts');
  return crashingFileSystem(await importOriginal());
});

const locks: Lock[] = [];

vi.mock('@clipql/core/node', async (importOriginal) => {
  const original = await importOriginal<typeof core>();
  const tryLock: typeof core.tryLock = async (file) => {
    const lock = await original.tryLock(file);
    if ('release' in lock) locks.push(lock);
    return lock;
  };
  return { ...original, tryLock };
});

const BATCH = 3;
const HEADER: RunHeader = {
  clipql: '0.0.0',
  model: 'none',
  computes: 'a',
  images: 'b',
  normalized: true,
  rows: 8,
  dimensions: 5,
};

/** Rows whose values tell them apart; the fourth has none. */
const ROWS = Array.from({ length: HEADER.rows }, (_, i): NewRow => {
  const file = `${i}.png`;
  return i === 3
    ? { file, error: { code: 'IMAGE_CORRUPT', message: 'expected an image, got "noise"' } }
    : { file, embedding: Float32Array.from({ length: HEADER.dimensions }, (_, j) => i / 3 + j) };
});

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipql-test-'));
});

afterAll(() => rm(folder, { recursive: true }));

/** What one process does, up to its end or its crash. @returns the operations it took. */
async function run(out: string, overwrite: boolean, after = Number.POSITIVE_INFINITY) {
  Object.assign(crashing, { operations: 0, after });
  try {
    const file = await openEmbeddingFile(out, HEADER, { batch: BATCH, overwrite });
    expect(file.rowsDone % BATCH === 0 || file.rowsDone === HEADER.rows).toBe(true);
    for (let row = file.rowsDone; row < HEADER.rows; row += BATCH) {
      await file.append(ROWS.slice(row, row + BATCH));
    }
    await file.publish();
    await file.close();
    return { operations: crashing.operations, crashed: false };
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
    return { operations: crashing.operations, crashed: true };
  } finally {
    crashing.after = Number.POSITIVE_INFINITY;
    // As the end of the process does.
    for (const lock of locks.splice(0)) lock.release();
  }
}

const contents = async (place: string) => {
  const names = (await readdir(place)).sort();
  const files = names.map(async (name) => [name, await readFile(join(place, name))] as const);
  return Promise.all(files);
};

test.each(FORMATS)(
  'a .%s killed at any operation, twice, is made whole by the next run',
  async (format) => {
    const undisturbed = join(folder, `undisturbed-${format}`);
    await mkdir(undisturbed);
    const { operations } = await run(join(undisturbed, `out.${format}`), false);
    const expected = await contents(undisturbed);
    expect(expected.map(([name]) => name)).toEqual([`out.${format}`, `out.${format}.rows.jsonl`]);
    expect(operations).toBeGreaterThan(20);

    for (let first = 1; first <= operations; first++) {
      for (const second of [3, 8]) {
        const place = join(folder, `${format}-${first}-${second}`);
        await mkdir(place);
        const out = join(place, `out.${format}`);
        expect(await run(out, false, first)).toMatchObject({ crashed: true });
        await run(out, false, second);
        expect(await run(out, false)).toMatchObject({ crashed: false });
        expect(await contents(place), `killed at operation ${first}, then at ${second}`).toEqual(
          expected,
        );
        await rm(place, { recursive: true });
      }
    }
  },
);

test('with --overwrite, an output that is there is whole, old or new, at any operation', async () => {
  const old = { ...HEADER, computes: 'old' };
  const place = join(folder, 'overwrite');
  await mkdir(place);
  const out = join(place, 'out.npy');
  await run(out, false);
  const whole = await readFile(out);
  for (let after = 1; ; after++) {
    await rm(place, { recursive: true });
    await mkdir(place);
    const first = await openEmbeddingFile(out, old, { batch: BATCH, overwrite: false });
    await first.append(ROWS.map(({ file }) => ({ file, embedding: new Float32Array(5) })));
    await first.publish();
    await first.close();
    const before = await readFile(out);
    const { crashed } = await run(out, true, after);
    const now = await readFile(out);
    expect(now.equals(before) || now.equals(whole), `killed at operation ${after}`).toBe(true);
    await run(out, true);
    expect(await readFile(out)).toEqual(whole);
    if (!crashed) return;
  }
});
