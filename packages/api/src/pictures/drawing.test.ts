import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pictureSettings } from '@clipql/core';
import { expect, onTestFinished, test } from 'vitest';
import { Drawing } from './drawing.ts';

test('a thread that is ended before it has read the start image did not die of it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'clipql-drawing-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'deaths'), '1');
  const settings = pictureSettings({ prompts: 'a hill' });
  const request = { folder, settings, models: [], source: 'upload', threads: 1, niceness: 0 };
  const busy = new SharedArrayBuffer(4);
  const drawing = new Drawing({ ...request, maxPixels: 1, busy, version: '0.0.0' }, () => {});
  await drawing.stop();
  expect(await drawing.ended).toEqual({ kind: 'stopped' });
  expect(await readdir(folder)).toEqual([]);
});
