import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pictureSettings } from '@clipql/core';
import { expect, test, vi } from 'vitest';
import { ifThere } from '../files/if-there.ts';
import { NANO } from '../testing/models.ts';
import { Drawing } from './drawing.ts';
import { LONG } from './testing/gallery.ts';

// A pipe is a start image whose reading lasts as long as a test wants.
test.runIf(process.platform !== 'win32').each([
  ['none', undefined],
  ['one', '1'],
])(
  'a thread that is ended while it reads the start image did not die of it; %s did before',
  async (_, before) => {
    const folder = await mkdtemp(join(tmpdir(), 'clipql-drawing-'));
    const deaths = () => ifThere(readFile(join(folder, 'deaths'), 'utf8'));
    if (before !== undefined) await writeFile(join(folder, 'deaths'), before);
    await promisify(execFile)('mkfifo', [join(folder, 'start')]);
    const settings = pictureSettings({ prompts: 'a hill', size: 64 });
    const models = [{ name: 'nano', folder: NANO }];
    const request = { folder, settings, models, source: 'upload', threads: 1, niceness: 0 };
    const busy = new SharedArrayBuffer(4);
    const drawing = new Drawing({ ...request, maxPixels: 1, busy, version: '0.0.0' }, () => {});
    await vi.waitFor(
      async () => expect(await deaths()).toBe(String(Number(before ?? 0) + 1)),
      LONG,
    );
    const stopping = drawing.stop();
    await writeFile(join(folder, 'start'), '');
    await stopping;
    expect(await drawing.ended).toEqual({ kind: 'stopped' });
    expect(await deaths()).toBe(before);
    await rm(folder, { recursive: true });
  },
  LONG.timeout,
);
