import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { type Clip, loadClip, type PictureModel, pictureSettings } from '@clipql/core';
import { modelFromFolder } from '@clipql/core/node';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { exampleBytes } from '../testing/api.ts';
import { NANO } from '../testing/models.ts';
import { drawKept } from './draw-kept.ts';
import type { DrawingNews, DrawingReading, DrawingRequest } from './drawing-protocol.ts';

let clip: Clip;
let folder: string;

beforeAll(async () => {
  clip = await loadClip(await modelFromFolder(NANO), { threads: 2 });
});
afterAll(() => clip.dispose());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipql-draw-'));
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(folder, { recursive: true });
});

const request = (more: Partial<DrawingRequest> = {}): DrawingRequest => ({
  folder,
  settings: pictureSettings({ prompts: 'a hill', quality: 'DRAFT', size: 64 }),
  models: [{ name: 'nano', folder: NANO }],
  ...{ source: undefined, threads: 2, niceness: 0, maxPixels: 25e6 },
  ...{ busy: new SharedArrayBuffer(4), version: '0.0.0' },
  ...more,
});

interface Run {
  readonly model?: PictureModel;
  readonly steps?: number;
  readonly onNews?: (news: DrawingNews) => void;
}

/** What a thread tells until it ends, or has taken some steps. */
async function newsOf(
  asked: DrawingRequest,
  { model = clip, steps = Number.POSITIVE_INFINITY, onNews }: Run = {},
): Promise<readonly DrawingNews[]> {
  const news: DrawingNews[] = [];
  const stopping = new AbortController();
  const report = (one: DrawingNews | DrawingReading) => {
    if (one.kind === 'reading') return;
    news.push(one);
    onNews?.(one);
    if (one.kind === 'step' && one.step >= steps) stopping.abort();
  };
  await drawKept([model], asked, report, stopping.signal);
  return news;
}

const of = <Kind extends DrawingNews['kind']>(news: readonly DrawingNews[], kind: Kind) =>
  news.filter((one): one is Extract<DrawingNews, { kind: Kind }> => one.kind === kind);

const firstLosses = (news: readonly DrawingNews[]) =>
  of(news, 'step')
    .map(({ loss }) => loss)
    .slice(0, 5);

test('a step of a quarter of a second: an image each second, a checkpoint each 4, judged a twentieth of the time', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const slowJudge: PictureModel = {
    info: clip.info,
    preprocessing: clip.preprocessing,
    encodeTexts: (...args) => clip.encodeTexts(...args),
    encodeImages: async (...args) => {
      vi.advanceTimersByTime(300);
      return clip.encodeImages(...args);
    },
    imageGradient: (...args) => clip.imageGradient(...args),
  };
  const news = await newsOf(request(), {
    model: slowJudge,
    onNews: ({ kind }) => void (kind === 'step' && vi.advanceTimersByTime(250)),
  });
  const previews = of(news, 'preview').map(({ step }) => step);
  const saved = of(news, 'saved');
  expect(previews.slice(0, 4)).toEqual([1, 5, 9, 13]);
  expect(saved.map(({ step }) => step)).toEqual([16, 32, 48, 50]);
  const [first, second, third, last] = saved.map(({ score }) => score);
  expect(first).toBeGreaterThan(0);
  // It is judged again after 6 seconds of drawing, and when it is done.
  expect(second).toBe(first);
  expect(third).not.toBe(second);
  expect(last).not.toBe(third);
});

test('a picture whose checkpoint is of no use is drawn anew, from the same start image, and says why', async () => {
  await writeFile(join(folder, 'start'), await exampleBytes('march-pastoral.jpg'));
  const settings = pictureSettings({
    ...({ prompts: 'a hill', quality: 'DRAFT', size: 64 } as const),
    from: { keep: 0.5 },
  });
  const asked = request({ settings, source: 'march-pastoral.jpg' });
  const whole = await newsOf(asked, { steps: 5 });
  expect(of(whole, 'begun')).toMatchObject([{ step: 0, anew: undefined }]);
  const [{ step: kept } = { step: 0 }] = of(whole, 'saved');
  expect(kept).toBeGreaterThan(4);
  expect(of(await newsOf(asked, { steps: kept + 1 }), 'begun')).toMatchObject([
    { step: kept, anew: undefined },
  ]);

  const state = await readFile(join(folder, 'state'));
  for (const [bytes, why] of [
    [ofRecipe(state, 1), 'expected a state of recipe '],
    [state.subarray(0, -9), 'expected the whole state of a picture, got damaged bytes'],
    [Buffer.of(), 'expected the whole state of a picture, got other bytes'],
  ] as const) {
    await writeFile(join(folder, 'state'), bytes);
    const anew = await newsOf(asked, { steps: 5 });
    expect(of(anew, 'begun')).toEqual([
      { kind: 'begun', step: 0, anew: expect.stringContaining(why) },
    ]);
    expect(firstLosses(anew)).toEqual(firstLosses(whole));
  }
});

/** A state as a version of ClipQL with another recipe would have left it. */
function ofRecipe(state: Buffer, recipe: number): Buffer {
  const text = state.toString('latin1').replace(/"recipe":\d/, `"recipe":${recipe}`);
  const other = Buffer.from(text, 'latin1');
  other.writeUInt32LE(crc32(other.subarray(0, -4)), other.length - 4);
  return other;
}

test('a start image that cannot be decoded is not said to have killed anybody', async () => {
  await writeFile(join(folder, 'start'), 'no image');
  for (let i = 0; i < 4; i++) {
    await expect(newsOf(request({ source: 'upload' }))).rejects.toMatchObject({
      code: 'IMAGE_UNSUPPORTED',
    });
  }
  expect(await readdir(folder)).toEqual(['start']);
});
