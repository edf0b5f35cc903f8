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
    `${FILE} ██░░░░░░░░░░░░░░░░░░░░░░ 9 % of 605 MB, 11.0 MB/s, 0:50 left`,
    `${FILE} ████████████░░░░░░░░░░░░ 50 % of 605 MB, 30.3 MB/s, 0:10 left`,
    `clipql: ${FILE}: 605 MB, complete\n`,
  ]);
});

test('elsewhere there are plain lines, one for each tenth', () => {
  const arrivals = Array.from({ length: 100 }, (_, i) => [i + 1, (SIZE * (i + 1)) / 100] as const);
  const lines = shown(false, arrivals).split('\n');
  expect(lines).toHaveLength(11);
  expect(lines[0]).toBe(`clipql: ${FILE}: 10 % of 605 MB, 6.0 MB/s, 1:30 left`);
  expect(lines.slice(-2)).toEqual([`clipql: ${FILE}: 605 MB, complete`, '']);
  expect(lines.join('')).not.toContain('\r');
});

test('the rate is of this download alone when it goes on from an earlier one', () => {
  const text = shown(false, [[10, 400_000_000]], 300_000_000);
  expect(text).toContain(`clipql: ${FILE}: goes on from 300 MB\n`);
  expect(text).toContain('66 % of 605 MB, 10.0 MB/s, 0:21 left');
});
