import type { DownloadProgress } from '@clipql/core/node';
import { expect, test } from 'vitest';
import { downloadProgress } from './download-progress.ts';

const FILE = 'model.safetensors';
const SIZE = 605_000_000;

/** What is written of a download in which so much has arrived at each of these times. */
function shown(
  isTTY: boolean,
  arrivals: readonly (readonly [seconds: number, received: number])[],
  received = 0,
): string {
  let written = '';
  let time = 0;
  const stream = { isTTY, columns: 120, write: (text: string) => (written += text) };
  const onProgress = downloadProgress(stream, () => time * 1000);
  const tell = (progress: DownloadProgress) => onProgress(progress);
  tell({ kind: 'start', file: FILE, received, size: SIZE });
  for (const [at, got] of arrivals) {
    time = at;
    tell({ kind: 'data', file: FILE, received: got, size: SIZE });
  }
  tell({ kind: 'done', file: FILE, size: SIZE, cached: false });
  return written;
}

test('a terminal has one line with a bar, the rate and the time left, and a line at the end', () => {
  const text = shown(true, [
    [5, 55_000_000],
    [5.05, 60_000_000],
    [10, 302_500_000],
  ]);
  const lines = text.split('\r\x1b[K').slice(1);
  expect(lines).toEqual([
    `[##......................] 55 MB of 605 MB ${FILE}, 11 MB/s, 50 s left`,
    `[############............] 303 MB of 605 MB ${FILE}, 30 MB/s, 10 s left`,
    `clipql: ${FILE}: 605 MB, complete\n`,
  ]);
});

test('elsewhere there are plain lines, one for each tenth', () => {
  const arrivals = Array.from({ length: 100 }, (_, i) => [i + 1, (SIZE * (i + 1)) / 100] as const);
  const lines = shown(false, arrivals).split('\n');
  expect(lines).toHaveLength(12);
  expect(lines[0]).toBe(`clipql: 61 MB of 605 MB ${FILE}`);
  expect(lines.slice(-2)).toEqual([`clipql: ${FILE}: 605 MB, complete`, '']);
  expect(lines.join('')).not.toContain('\r');
});

test('the rate is of this download alone when it goes on from an earlier one', () => {
  const text = shown(true, [[10, 400_000_000]], 300_000_000);
  expect(text).toContain(`clipql: ${FILE}: goes on from 300 MB\n`);
  expect(text).toContain(`400 MB of 605 MB ${FILE}, 10 MB/s, 21 s left`);
});
