import type { DownloadProgress, OnProgress } from '@clipql/core/node';

/** What progress is written to; a terminal has one line that changes, others get lines. */
export interface ProgressStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

const BAR_WIDTH = 24;
/** Between two changes of a terminal's line, in milliseconds. */
const REDRAW_MS = 100;
/** A line is written each time so much more has arrived, where there is no terminal. */
const LINE_SHARE = 0.1;
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
  let bar: Bar | undefined;
  const line = (text: string) => {
    stream.write(`${bar !== undefined && stream.isTTY ? '\r\x1b[K' : ''}clipql: ${text}\n`);
    bar = undefined;
  };
  return (progress) => {
    switch (progress.kind) {
      case 'start':
        if (progress.received > 0) {
          line(`${progress.file}: goes on from ${megabytes(progress.received)}`);
        }
        bar = new Bar(stream, progress, now);
        break;
      case 'data':
        bar?.update(progress.received);
        break;
      case 'done':
        if (!progress.cached) line(`${progress.file}: ${megabytes(progress.size)}, complete`);
        break;
      case 'wait':
        line(`${progress.file}: process ${progress.pid} downloads it; waiting …`);
        break;
      case 'retry':
        line(`${progress.file}: ${progress.reason}; again in ${progress.seconds} s`);
        break;
    }
  };
}

type Started = Extract<DownloadProgress, { kind: 'start' }>;

/** One file on its way. */
class Bar {
  private readonly stream: ProgressStream;
  private readonly start: Started;
  private readonly now: () => number;
  private readonly startedAt: number;
  private drawnAt: number;
  private linesAt: number;

  constructor(stream: ProgressStream, start: Started, now: () => number) {
    this.stream = stream;
    this.start = start;
    this.now = now;
    this.startedAt = now();
    this.drawnAt = Number.NEGATIVE_INFINITY;
    this.linesAt = start.received / start.size + LINE_SHARE;
  }

  update(received: number): void {
    if (this.stream.isTTY) this.draw(received);
    else if (this.start.size >= SMALL_BYTES) this.writeLine(received);
  }

  private draw(received: number): void {
    const time = this.now();
    if (time - this.drawnAt < REDRAW_MS) return;
    this.drawnAt = time;
    const share = received / this.start.size;
    const full = Math.round(share * BAR_WIDTH);
    const bar = `${'█'.repeat(full)}${'░'.repeat(BAR_WIDTH - full)}`;
    const text = `${this.start.file} ${bar} ${this.state(received)}`;
    this.stream.write(`\r\x1b[K${text.slice(0, (this.stream.columns ?? 80) - 1)}`);
  }

  private writeLine(received: number): void {
    if (received / this.start.size < this.linesAt || received === this.start.size) return;
    while (received / this.start.size >= this.linesAt) this.linesAt += LINE_SHARE;
    this.stream.write(`clipql: ${this.start.file}: ${this.state(received)}\n`);
  }

  /** `45 % of 605 MB, 11.2 MB/s, 0:30 left` */
  private state(received: number): string {
    const { received: before, size } = this.start;
    const rate = (received - before) / Math.max(1, this.now() - this.startedAt);
    const percent = Math.floor((received / size) * 100);
    const left = rate > 0 ? `, ${clock((size - received) / rate / 1000)} left` : '';
    return `${percent} % of ${megabytes(size)}, ${(rate / 1000).toFixed(1)} MB/s${left}`;
  }
}

/** For people: 605 MB. */
export function megabytes(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1e3)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(0)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}

function clock(seconds: number): string {
  const whole = Math.ceil(seconds);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const rest = String(whole % 60).padStart(2, '0');
  return hours === 0
    ? `${minutes}:${rest}`
    : `${hours}:${String(minutes).padStart(2, '0')}:${rest}`;
}
