import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPicture, decodeImage, loadClip } from '@clipql/core';
import { modelFromFolder } from '@clipql/core/node';
import { expect, onTestFinished, test } from 'vitest';
import { NANO, REPOSITORY } from '../kit/folders.ts';
import { runBench } from '../run-bench.ts';
import { freshViews } from './fresh-views.ts';
import { Judge } from './judge.ts';
import { PROMPTS } from './prompts.ts';

const SETTINGS = { quality: 'DRAFT', size: 64 } as const;

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'clipql-pictures-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** `bench pictures --json` by nano, after two steps. */
async function pictures(out: string, ...args: readonly string[]) {
  let stdout = '';
  let stderr = '';
  const own = ['--model=nano', '--quality=DRAFT', '--size=64', '--steps=2', '--threads=1'];
  const code = await runBench(['pictures', '--json', '--out', out, ...own, ...args], {
    stdout: (text) => {
      stdout += text;
    },
    stderr: (text) => {
      stderr += text;
    },
  });
  return { code, stderr, ...(stdout === '' ? {} : JSON.parse(stdout)) };
}

async function nano() {
  const clip = await loadClip(await modelFromFolder(NANO), { threads: 1 });
  onTestFinished(() => clip.dispose());
  return clip;
}

test('each prompt has its picture and its controls, judged by both models, and a contact sheet', async () => {
  const out = await emptyFolder();
  const { code, rows, claims, passed, steps } = await pictures(out, '--limit', '2');
  expect(rows.map(({ prompt }: { prompt: string }) => prompt)).toEqual(['an airplane', 'a bird']);
  const verdict = { cosine: expect.any(Number), rank: expect.any(Number) };
  const verdicts = { fresh: verdict, heldOut: verdict };
  expect(rows[1]).toEqual({ prompt: 'a bird', drawn: verdicts, plain: verdicts, start: verdicts });
  // 32 passes are enough for pixels to please the model that they follow.
  expect(rows[0].plain.fresh.cosine).toBeGreaterThan(rows[0].start.fresh.cosine);
  expect(claims.map(({ limit }: { limit: number }) => limit)).toEqual([2, 1, 2]);
  expect(code).toBe(passed ? 0 : 1);
  expect(steps).toBe(2);
  const sheet = await decodeImage(await readFile(join(out, 'sheet.jpg')));
  expect(sheet).toMatchObject({ width: 2 * 192 + 6, height: 192 });
});

test('a run that was stopped draws what is missing, and goes on with the picture under way', async () => {
  const out = await emptyFolder();
  await pictures(out, '--limit', '1');
  const airplane = await readFile(join(out, 'an airplane.png'));
  const other = await createPicture(await nano(), { ...SETTINGS, prompts: 'a bird', seed: 9 });
  for (let step = 0; step < 2; step++) await other.step();
  await writeFile(join(out, 'a bird.state'), other.state());
  await pictures(out, '--limit', '2');
  expect(await readFile(join(out, 'an airplane.png'))).toEqual(airplane);
  const bird = await decodeImage(await readFile(join(out, 'a bird.png')));
  const { data } = await other.image();
  expect([...bird.data].filter((_, i) => i % bird.channels < 3)).toEqual([...data]);
});

test('a folder of pictures of another seed or recipe is refused', async () => {
  const out = await emptyFolder();
  await pictures(out, '--limit', '1');
  const refused = async (got: RegExp, ...options: string[]) => {
    const { code, stderr } = await pictures(out, ...options);
    expect(stderr).toMatch(got);
    expect(code).toBe(2);
  };
  await refused(
    /BAD_OPTION: --out: expected a run with .*"seed":2.*, got .*"seed":1/,
    '--seed',
    '2',
  );
  const run = join(out, 'run.json');
  const settings = JSON.parse(await readFile(run, 'utf8'));
  await writeFile(run, JSON.stringify({ ...settings, recipe: 1 }));
  await refused(/expected a run with .*"recipe":\d+.*, got .*"recipe":1/, '--limit', '1');
});

test('a judge ranks all prompts for a photograph by their cosines, the right one among the first', async () => {
  const judge = await Judge.of(await nano());
  const file = join(REPOSITORY, 'packages', 'api', 'examples', 'french-alpine-landscape.jpg');
  const photograph = await decodeImage(await readFile(file));
  const verdicts = await Promise.all(PROMPTS.map((each) => judge.verdict([photograph], each)));
  const byCosine = verdicts.toSorted((a, b) => b.cosine - a.cosine);
  expect(byCosine.map(({ rank }) => rank)).toEqual(PROMPTS.map((_, i) => i + 1));
  expect(verdicts[PROMPTS.indexOf('a mountain')]!.rank).toBeLessThan(4);
});

test('fresh views are squares that lie within the picture', () => {
  const side = 10;
  const data = Uint8Array.from({ length: 3 * side * side }, (_, i) => Math.floor(i / 3));
  const views = freshViews({ width: side, height: side, channels: 3, data });
  expect(views).toHaveLength(16);
  for (const { width, height, data: square } of views) {
    expect(width).toBe(height);
    expect(width).toBeGreaterThanOrEqual(7);
    // A pixel's value is its place, so that the last says where the first is.
    const reach = (width - 1) * (side + 1);
    expect(square.at(-1)! - square[0]!).toBe(reach);
  }
  expect(new Set(views.map((view) => view.data.join())).size).toBeGreaterThan(8);
});
