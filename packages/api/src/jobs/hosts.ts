import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError } from '../errors/api-error.ts';
import { Slots } from './slots.ts';

/** Seconds of patience that a host may ask for, in all since it last gave anything, before it is given up. */
const MOST_PATIENCE = 3_600;

interface Host {
  readonly slots: Slots;
  /** As `performance.now()` has it. */
  openAt: number;
  /** Milliseconds of patience that it asked for since it last gave anything. */
  patience: number;
  /** What it answered when it was given up. */
  givenUp: ApiError | undefined;
}

/**
 * Requests to each host, a few at a time. While a host asks for patience (Retry-After) it gets none.
 */
export class Hosts {
  readonly #perHost: number;
  readonly #hosts = new Map<string, Host>();

  constructor(perHost: number) {
    this.#perHost = perHost;
  }

  /**
   * Does a request when it is the host's turn.
   *
   * @throws what the request throws; the signal's reason; the host's last answer once it is given up.
   */
  async request<T>(name: string, signal: AbortSignal, send: () => Promise<T>): Promise<T> {
    const host = this.#host(name);
    const release = await host.slots.take(signal);
    try {
      for (let wait = left(host); wait > 0; wait = left(host)) {
        await sleep(wait, undefined, { signal }).catch(() => signal.throwIfAborted());
      }
      if (host.givenUp !== undefined) throw host.givenUp;
      const result = await send();
      host.patience = 0;
      return result;
    } catch (error) {
      // Before the next request gets the slot.
      if (error instanceof ApiError && host.givenUp === undefined) heed(host, error);
      throw error;
    } finally {
      release();
    }
  }

  /** Whether nothing is to be had of it any more. */
  isGivenUp(name: string): boolean {
    return this.#host(name).givenUp !== undefined;
  }

  #host(name: string): Host {
    const known = this.#hosts.get(name);
    if (known !== undefined) return known;
    const host: Host = {
      slots: new Slots(this.#perHost),
      openAt: 0,
      patience: 0,
      givenUp: undefined,
    };
    this.#hosts.set(name, host);
    return host;
  }
}

/** Obeys what a host said with an error. */
function heed(host: Host, error: ApiError): void {
  const { retryAfter } = error;
  if (retryAfter === undefined) return;
  const now = performance.now();
  const openAt = now + 1_000 * retryAfter;
  // Several requests that were under way may be put off together.
  host.patience += Math.max(0, openAt - Math.max(host.openAt, now));
  if (host.patience > 1_000 * MOST_PATIENCE) host.givenUp = error;
  else host.openAt = Math.max(host.openAt, openAt);
}

const left = ({ openAt }: Host): number => Math.ceil(openAt - performance.now());
