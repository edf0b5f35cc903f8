import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiError } from '../errors/api-error.ts';
import { Slots } from './slots.ts';

/** A host that asks for more patience than this, in seconds, is not waited for. */
const MOST_PATIENCE = 3_600;
/** How often in a row a host may put everybody off before its images are given up. */
const MOST_PAUSES = 8;

interface Host {
  readonly slots: Slots;
  /** As `performance.now()` has it. */
  openAt: number;
  /** Times that it asked for patience since it last gave anything. */
  pauses: number;
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
      host.pauses = 0;
      return result;
    } finally {
      release();
    }
  }

  /** Obeys what the host said with an error. @returns whether it is worth another try. */
  heed(name: string, error: ApiError): boolean {
    const { retryAfter } = error;
    if (retryAfter === undefined) return true;
    const host = this.#host(name);
    // Several requests that were under way may be put off together.
    if (left(host) <= 0) host.pauses += 1;
    if (retryAfter > MOST_PATIENCE || host.pauses > MOST_PAUSES) {
      host.givenUp ??= error;
      return false;
    }
    host.openAt = Math.max(host.openAt, performance.now() + 1_000 * retryAfter);
    return true;
  }

  #host(name: string): Host {
    const known = this.#hosts.get(name);
    if (known !== undefined) return known;
    const host: Host = {
      slots: new Slots(this.#perHost),
      openAt: 0,
      pauses: 0,
      givenUp: undefined,
    };
    this.#hosts.set(name, host);
    return host;
  }
}

const left = ({ openAt }: Host): number => Math.ceil(openAt - performance.now());
