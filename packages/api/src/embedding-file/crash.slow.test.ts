import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as core from '@clipql/core/node';
import type { Lock } from '@clipql/core/node';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Crash, crashing } from '../testing/crash.ts';
import type { FileVersion } from './file-version.ts';
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
  normalized: true,
  dimensions: 5,
};

const version = (file: string, modified = 1): FileVersion => ({ file, bytes: 10, modified });

const FILES = [...'abcdefgh'].map((name) => version(`${name}.png`));
/** `b` is gone, `c` was changed, `aa` is new. */
const LATER = [FILES[0]!, version('aa.png'), version('c.png', 2), ...FILES.slice(3)];
const NEW = ['aa.png', 'c.png'];

/** What a model would make of a file: values that tell its versions apart, or, of one, an error. */
const rowOf = (file: FileVersion) =>
  file.file === 'd.png'
    ? {
        ...file,
        error: { code: 'IMAGE_CORRUPT', message: 'expected an image, got noise' } as const,
      }
    : {
        ...file,
        embedding: Float32Array.from({ length: HEADER.dimensions }, (_, j) =>
          Math.fround((file.file.charCodeAt(0) + file.file.length) / 3 + file.modified + j),
        ),
      };

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipql-test-'));
});

afterAll(() => rm(folder, { recursive: true }));

interface Run {
  readonly wanted?: readonly FileVersion[];
  readonly overwrite?: boolean;
  readonly header?: RunHeader;
  /** The operation on the disk at which the process is killed. */
  readonly killedAt?: number;
}

/** What one process does, up to its end or its kill. @returns the operations and the files it embedded. */
async function run(
  out: string,
  {
    wanted = FILES,
    overwrite = false,
    header = HEADER,
    killedAt = Number.POSITIVE_INFINITY,
  }: Run = {},
) {
  Object.assign(crashing, { operations: 0, after: killedAt });
  const acknowledged: string[] = [];
  let killed = false;
  try {
    const file = await openEmbeddingFile(out, header, wanted, { overwrite });
    const { missing } = file;
    for (let start = 0; start < missing.length; start += BATCH) {
      const batch = missing.slice(start, start + BATCH);
      await file.append(batch.map(rowOf));
      acknowledged.push(...batch.map((one) => one.file));
    }
    await file.publish();
    await file.close();
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
    killed = true;
  } finally {
    crashing.after = Number.POSITIVE_INFINITY;
    // As the end of the process does.
    for (const lock of locks.splice(0)) lock.release();
  }
  return { operations: crashing.operations, acknowledged, killed };
}

const contents = async (place: string) => {
  const names = (await readdir(place)).sort();
  const files = names.map(async (name) => [name, await readFile(join(place, name))] as const);
  return Promise.all(files);
};

/** An output in a folder of its own. */
async function place(name: string, format: string): Promise<{ folder: string; out: string }> {
  const path = join(folder, name);
  await rm(path, { recursive: true, force: true });
  await mkdir(path);
  return { folder: path, out: join(path, `out.${format}`) };
}

test.each(FORMATS)(
  'a .%s killed at any operation, twice, is made whole by the next run',
  async (format) => {
    const undisturbed = await place(`undisturbed-${format}`, format);
    const { operations } = await run(undisturbed.out);
    const expected = await contents(undisturbed.folder);
    expect(expected.map(([name]) => name)).toEqual([`out.${format}`, `out.${format}.rows.jsonl`]);
    expect(operations).toBeGreaterThan(20);

    for (let first = 1; first <= operations; first++) {
      for (const second of [3, 8]) {
        const { folder: path, out } = await place(`killed-${format}`, format);
        const runs = [await run(out, { killedAt: first }), await run(out, { killedAt: second })];
        expect(runs[0]).toMatchObject({ killed: true });
        runs.push(await run(out));
        expect(runs[2]).toMatchObject({ killed: false });
        const embedded = runs.flatMap(({ acknowledged }) => acknowledged);
        const when = `killed at operation ${first}, then at ${second}`;
        // What was acknowledged is not asked for again.
        expect(embedded, when).toEqual([...new Set(embedded)]);
        expect(await contents(path), when).toEqual(expected);
      }
    }
  },
);

test.each(FORMATS)(
  'a .%s of a folder that was changed keeps the rows that hold, killed at any operation',
  async (format) => {
    const fresh = await place(`fresh-${format}`, format);
    await run(fresh.out, { wanted: LATER });
    const expected = await contents(fresh.folder);

    for (let killedAt = 1, killed = true; killed; killedAt++) {
      const { folder: path, out } = await place(`changed-${format}`, format);
      await run(out);
      const before = await readFile(out);
      const first = await run(out, { wanted: LATER, killedAt });
      killed = first.killed;
      const between = await readFile(out);
      const isWhole = between.equals(before) || between.equals(expected[0]![1]);
      expect(isWhole, `killed at operation ${killedAt}`).toBe(true);
      const second = await run(out, { wanted: LATER });
      const embedded = [first, second].map(({ acknowledged }) => acknowledged.join());
      // A kill may come when the rows are safe, and nobody was told so.
      const once = killed ? [`${NEW},`, `,${NEW}`, ','] : [`${NEW},`];
      expect(once, `killed at operation ${killedAt}`).toContain(embedded.join());
      expect(await contents(path), `killed at operation ${killedAt}`).toEqual(expected);
    }
  },
);

test('rows of a run that was killed are kept though the folder was changed since', async () => {
  const { out } = await place('changed-between', 'npy');
  const first = await run(out, { killedAt: 14 });
  expect(first).toMatchObject({ killed: true, acknowledged: ['a.png', 'b.png', 'c.png'] });
  const second = await run(out, { wanted: LATER });
  expect(second.acknowledged).toEqual([...NEW, 'd.png', 'e.png', 'f.png', 'g.png', 'h.png']);
});

test('a file that failed is tried again unless its bytes are at fault', async () => {
  const { out } = await place('failed', 'jsonl');
  const wanted = FILES.slice(0, 2);
  const file = await openEmbeddingFile(out, HEADER, wanted, { overwrite: false });
  const error = { code: 'IMAGE_TOO_LARGE', message: 'expected a smaller image' } as const;
  await file.append([
    { ...wanted[0]!, error: { ...error, code: 'IMAGE_CORRUPT' } },
    { ...wanted[1]!, error },
  ]);
  await file.publish();
  await file.close();
  expect((await run(out, { wanted })).acknowledged).toEqual(['b.png']);
  expect((await run(out, { wanted })).acknowledged).toEqual([]);
});

test.each(FORMATS)('a .%s that is not what its listing says is not built upon', async (format) => {
  const other = await place(`other-${format}`, format);
  await run(other.out, { wanted: FILES.slice(1) });
  const { out } = await place(`swapped-${format}`, format);
  await run(out);
  await rm(out);
  for (const bytes of [await readFile(other.out), Buffer.from('{"file":')]) {
    await writeFile(out, bytes);
    const again = run(out, { wanted: LATER });
    await expect(again).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' });
    expect(await readFile(out)).toEqual(bytes);
  }
});

test('with --overwrite, an output that is there is whole, old or new, at any operation', async () => {
  const old = { ...HEADER, computes: 'old' };
  const { out } = await place('overwrite', 'npy');
  await run(out);
  const whole = await readFile(out);
  for (let killedAt = 1, killed = true; killed; killedAt++) {
    await place('overwrite', 'npy');
    await run(out, { header: old, wanted: FILES.slice(0, 4) });
    const before = await readFile(out);
    ({ killed } = await run(out, { overwrite: true, killedAt }));
    const now = await readFile(out);
    const isWhole = now.equals(before) || now.equals(whole);
    expect(isWhole, `killed at operation ${killedAt}`).toBe(true);
    await run(out, { overwrite: true });
    expect(await readFile(out)).toEqual(whole);
  }
});
