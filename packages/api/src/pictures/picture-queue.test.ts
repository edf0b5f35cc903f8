import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pictureSettings } from '@clipql/core';
import { expect, onTestFinished, test, vi } from 'vitest';
import { SHARED } from '../access/owner.ts';
import { BusySignal } from '../threads/busy-signal.ts';
import { PictureEntries } from './picture-entries.ts';
import { PictureQueue } from './picture-queue.ts';
import type { DrawingOptions } from './picture-runner.ts';
import { openPictureStore } from './picture-store.ts';

const IDLE: DrawingOptions = {
  models: { lease: () => Promise.reject(new Error()), hold: () => () => {} },
  ...{ busy: new BusySignal(), threads: 1, niceness: 0, maxPixels: 25e6, version: '0.0.0' },
  ...{ warn: () => {}, onUnexpected: () => {} },
};

test('who listens to a picture is told at most once a second, each time the latest', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'clipql-queue-'));
  const store = await openPictureStore(folder);
  const entries = new PictureEntries(store, []);
  const queue = new PictureQueue(entries, store, IDLE);
  onTestFinished(async () => {
    vi.useRealTimers();
    await queue.close();
    await rm(folder, { recursive: true });
  });
  const settings = pictureSettings({ prompts: 'a hill', quality: 'DRAFT', size: 64 });
  const { id } = await queue.start({ owner: SHARED, settings, models: [], start: undefined });
  vi.useFakeTimers();
  const seen: [milliseconds: number, step: number][] = [];
  const start = performance.now();
  const states = queue.watch(SHARED, id);
  const reading = (async () => {
    for await (const { progress } of states) seen.push([performance.now() - start, progress.step]);
  })();
  for (let step = 1; step <= 20; step++) {
    await vi.advanceTimersByTimeAsync(110);
    entries.report(id, { kind: 'step', step, loss: 0 });
  }
  await states.return!();
  await reading;
  expect(seen).toEqual([
    [0, 0],
    [1000, 9],
    [2000, 18],
  ]);
});
