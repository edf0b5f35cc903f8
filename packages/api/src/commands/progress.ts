import { grouped } from '../errors/grouped.ts';

/** How far a command has come, on standard error. */
export interface Progress {
  /** @param done of all. */
  update(done: number): void;
  /** Writes a line of its own, above the bar where there is one. */
  log(line: string): void;
  /** Takes the bar away. */
  end(): void;
}

/** What progress is written to. */
export interface ProgressStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

export interface ProgressOptions {
  /** What is counted, such as `images`. */
  readonly unit: string;
  readonly total: number;
  /** How much of it was there before; it does not count for the rate. */
  readonly start?: number;
  readonly quiet?: boolean;
  /** Standard error, unless given. */
  readonly stream?: ProgressStream;
  /** Milliseconds; for tests. */
  readonly now?: () => number;
  /** How amounts are written; with commas unless given. */
  readonly format?: (amount: number) => string;
}

/** A terminal shows no more than this many states a second. */
const REDRAW_MS = 100;
/** Where there is no terminal, a line comes at least so often once there is something new to say. */
const LINE_MS = 10_000;
const BAR_WIDTH = 24;
const CLEAR_LINE = '\r\x1b[K';

/** A bar with rate and time left on a terminal; elsewhere a line at each tenth or ten seconds; nothing if quiet. */
export function createProgress(options: ProgressOptions): Progress {
  const { quiet = false, stream = process.stderr } = options;
  if (quiet) return { update: () => {}, log: (line) => stream.write(`${line}\n`), end: () => {} };
  return stream.isTTY ? bar(options) : lines(options);
}

function lines({
  unit,
  total,
  start = 0,
  stream = process.stderr,
  now = () => performance.now(),
  format: amount = grouped,
}: ProgressOptions): Progress {
  const tenthOf = (done: number) => Math.floor((10 * done) / total);
  let last = start;
  let written = now();
  return {
    update: (done) => {
      const isDue = now() - written >= LINE_MS && done > last;
      if (tenthOf(done) === tenthOf(last) && !isDue) return;
      last = done;
      written = now();
      stream.write(`clipql: ${amount(done)} of ${amount(total)} ${unit}\n`);
    },
    log: (line) => stream.write(`${line}\n`),
    end: () => {},
  };
}

function bar({
  unit,
  total,
  start = 0,
  stream = process.stderr,
  now = () => performance.now(),
  format: amount = grouped,
}: ProgressOptions): Progress {
  const began = now();
  let drawn = Number.NEGATIVE_INFINITY;
  let text = '';
  // A terminal that does not know its width says 0.
  const draw = () => stream.write(`${CLEAR_LINE}${text.slice(0, (stream.columns || 80) - 1)}`);
  return {
    update: (done) => {
      const seconds = (now() - began) / 1000;
      const rate = (done - start) / seconds;
      const pace =
        rate < 1 ? `${interval(seconds / (done - start))} each` : `${amount(Math.round(rate))}/s`;
      const left = rate > 0 ? `, ${pace}, ${duration((total - done) / rate)} left` : '';
      const filled = Math.round((BAR_WIDTH * done) / total);
      text = `[${'#'.repeat(filled).padEnd(BAR_WIDTH, '.')}] ${amount(done)} of ${amount(total)} ${unit}${left}`;
      if (now() - drawn < REDRAW_MS && done < total) return;
      drawn = now();
      draw();
    },
    log: (line) => {
      stream.write(`${CLEAR_LINE}${line}\n`);
      draw();
    },
    end: () => stream.write(CLEAR_LINE),
  };
}

/** For example `2.5 s` or `40 s`. */
const interval = (seconds: number): string =>
  seconds < 9.95 ? `${seconds.toFixed(1)} s` : duration(seconds);

/** For example `1 h 05 min`, `3 min 20 s` or `7 s`. */
function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  if (whole >= 3600)
    return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
  return whole >= 60 ? `${Math.floor(whole / 60)} min ${two(whole % 60)} s` : `${whole} s`;
}
