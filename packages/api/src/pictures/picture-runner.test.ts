import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { ClipError, pictureSettings } from '@clipql/core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SHARED } from '../access/owner.ts';
import { ApiError } from '../errors/api-error.ts';
import type { LoadedModel } from '../models/loaded-model.ts';
import { BusySignal } from '../threads/busy-signal.ts';
import type { Picture } from './picture.ts';
import { PictureEntries } from './picture-entries.ts';
import { type DrawingOptions, PictureRunner } from './picture-runner.ts';
import { openPictureStore, type PictureStore } from './picture-store.ts';

let folder: string;
let store: PictureStore;
let entries: PictureEntries;
let id: string;
let warnings: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipql-runner-'));
  store = await openPictureStore(folder);
  entries = new PictureEntries(store, []);
  const settings = pictureSettings({ prompts: 'a hill', quality: 'DRAFT', size: 64 });
  const added = { owner: SHARED, settings, models: ['nano'], start: undefined };
  ({ id } = await entries.add(added, () => {}));
  warnings = [];
});
afterEach(async () => {
  vi.useRealTimers();
  await entries.close();
  await rm(folder, { recursive: true });
});

const runnerWith = (models: DrawingOptions['models']): PictureRunner =>
  new PictureRunner(entries, store, {
    ...{ models, busy: new BusySignal(), threads: 1, niceness: 0, maxPixels: 25e6 },
    version: '0.0.0',
    warn: (message) => warnings.push(message),
    onUnexpected: (error) => {
      throw error;
    },
  });

const picture = (): Picture => entries.find(id)!;

const MODEL = { folder: '', clip: { info: { parameters: 1 } } } as LoadedModel;

const full = (retryable: boolean) => new ApiError('MODEL_MEMORY_FULL', 'no room', { retryable });

test('waiting for room is told once and uses up no retry; the third loss fails a picture', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const lost = new ClipError('WORKER_LOST', 'it died');
  const failures = [full(true), full(true), lost, full(true), lost, lost];
  let tries = 0;
  const lease = async () => {
    throw failures[tries++];
  };
  const runner = runnerWith({ lease, hold: () => () => {} });
  const afterTries = async (count: number) => {
    while (tries < count || picture().state === 'RUNNING') {
      await vi.advanceTimersByTimeAsync(1000);
      await turn();
    }
    return picture();
  };
  runner.start();
  expect(await afterTries(failures.length - 1)).toMatchObject({ state: 'QUEUED' });
  const failed = await afterTries(failures.length);
  expect(failed).toMatchObject({ state: 'FAILED', error: { code: 'WORKER_LOST' } });
  expect(warnings).toEqual(['a picture waits: no room']);
  await runner.stop();
});

test('a picture for which there never is room fails', async () => {
  const lease = async () => ({ model: MODEL, release: () => {} });
  const hold = () => {
    throw full(false);
  };
  const runner = runnerWith({ lease, hold });
  runner.start();
  await expect.poll(picture).toMatchObject({ state: 'FAILED' });
  expect(picture().error).toMatchObject({ code: 'MODEL_MEMORY_FULL', message: 'no room' });
  await runner.stop();
});

test('no drawing begins after a stop, however close they are', async () => {
  let isStopped = false;
  let late = 0;
  const hold = () => {
    if (isStopped) late += 1;
    throw full(true);
  };
  for (let turns = 0; turns < 12; turns++) {
    const stop = Promise.withResolvers<void>();
    const release = async () => {
      for (let i = 0; i < turns; i++) await undefined;
      isStopped = true;
      stop.resolve(runner.stop());
    };
    const lease = async () => ({ model: MODEL, release });
    const runner = runnerWith({ lease, hold });
    isStopped = false;
    runner.start();
    await stop.promise;
    expect([turns, late, picture().state]).toEqual([turns, 0, 'QUEUED']);
  }
});
