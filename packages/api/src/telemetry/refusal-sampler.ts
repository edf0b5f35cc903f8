import { AsyncResource } from 'node:async_hooks';

/** A request that was refused. */
interface Refusal {
  readonly status: number;
  readonly code?: string;
}

/** Refusals that were not written one by one. */
interface RefusalCount extends Refusal {
  readonly count: number;
}

/** Refusals of one code that have a line each, of one second. */
const MOST = 20;
const SECOND_MS = 1_000;

/** Keeps a flood of refusals from being a flood of lines: beyond 20 a second of one code, they are counted. */
export class RefusalSampler {
  readonly #counts = new Map<string, Refusal & { count: number }>();
  readonly #tell: (count: RefusalCount) => void;
  #timer: NodeJS.Timeout | undefined;

  /** @param tell takes, a second at a time, those that had no line. */
  constructor(tell: (count: RefusalCount) => void) {
    // Outside of the request whose refusal sets the timer: its id is not that of the others.
    this.#tell = AsyncResource.bind(tell);
  }

  /** Whether a request is to have a line. */
  take({ status, code }: Refusal): boolean {
    // What is wrong with the server itself is told each time.
    if (code === undefined || status < 400 || (status >= 500 && status !== 503)) return true;
    this.#timer ??= setTimeout(() => this.end(), SECOND_MS).unref();
    const key = `${status} ${code}`;
    const counted = this.#counts.get(key) ?? { status, code, count: 0 };
    this.#counts.set(key, counted);
    counted.count += 1;
    return counted.count <= MOST;
  }

  /** Tells of what is counted. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const { count, ...refusal } of this.#counts.values()) {
      if (count > MOST) this.#tell({ ...refusal, count: count - MOST });
    }
    this.#counts.clear();
  }
}
