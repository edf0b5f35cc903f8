import type { OnProgress } from '@clipql/core/node';
import { megabytes } from '../models/zoo-facts.ts';
import { createProgress, type Progress, type ProgressStream } from './progress.ts';

/** Files below this are not worth a line each while they arrive. */
const SMALL_BYTES = 20e6;

/**
 * Shows downloads: on a terminal as a bar with rate and time left, elsewhere as plain lines.
 *
 * @param now in milliseconds.
 */
export function downloadProgress(
  stream: ProgressStream = process.stderr,
  now: () => number = () => performance.now(),
): OnProgress {
  let arriving: Progress | undefined;
  const line = (text: string) => {
    arriving?.end();
    arriving = undefined;
    stream.write(`clipql: ${text}\n`);
  };
  return (progress) => {
    switch (progress.kind) {
      case 'start': {
        const { file: unit, received: start, size: total } = progress;
        if (start > 0) line(`${unit}: goes on from ${megabytes(start)}`);
        if (!stream.isTTY && total < SMALL_BYTES) break;
        arriving = createProgress({ unit, total, start, stream, now, format: megabytes });
        break;
      }
      case 'data':
        arriving?.update(progress.received);
        break;
      case 'done':
        if (!progress.cached) line(`${progress.file}: ${megabytes(progress.size)}, complete`);
        break;
      case 'wait':
        line(`${progress.file}: ${holder(progress.pid)} downloads it; waiting …`);
        break;
      case 'retry':
        line(`${progress.file}: ${progress.reason}; again in ${progress.seconds} s`);
        break;
    }
  };
}

const holder = (pid: number): string => (pid === 0 ? 'another process' : `process ${pid}`);
