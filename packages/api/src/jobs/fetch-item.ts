import { setTimeout as sleep } from 'node:timers/promises';
import { meaningOf } from '../errors/error-codes.ts';
import { publicError } from '../errors/public-error.ts';
import { Hosts } from './hosts.ts';
import { hostOf, type ItemReader, type ReadItem } from './item-reader.ts';
import type { JobItem } from './job-store.ts';
import { Slots } from './slots.ts';

export interface FetchItemsOptions {
  readonly reader: ItemReader;
  /** Requests at a time to one host. */
  readonly fetchesPerHost: number;
  /** Milliseconds before the first retry; each later one waits twice as long. */
  readonly retryDelay: number;
}

/** How often an image is asked for. */
const TRIES = 5;
/** Images that are fetched or read at a time, from all hosts together. */
const FETCHES = 32;
/** Bytes of fetched files that may wait for the model before more are fetched. */
const WAITING_BYTES = 128 * 2 ** 20;
/** Files that are read from the disk at a time. */
const FILES = 4;

/** Fetches the images of one job, and goes easy on their hosts. */
export class ItemFetcher {
  readonly #options: FetchItemsOptions;
  readonly #hosts: Hosts;
  readonly #disk = new Slots(FILES);
  readonly #fetches = new Slots(FETCHES, () => this.#waiting < WAITING_BYTES);
  #waiting = 0;

  constructor(options: FetchItemsOptions) {
    this.#options = options;
    this.#hosts = new Hosts(options.fetchesPerHost);
  }

  /**
   * Fetches an image and works on it, while its bytes count.
   *
   * @throws ApiError of the last try; the signal's reason once it is aborted; what the work throws.
   */
  async withItem<T>(
    { source }: Pick<JobItem, 'source'>,
    folder: string | undefined,
    signal: AbortSignal,
    work: (read: ReadItem) => Promise<T>,
  ): Promise<T> {
    const read = await this.#read(source, folder, signal);
    this.#waiting += read.bytes.length;
    try {
      return await work(read);
    } finally {
      this.#waiting -= read.bytes.length;
      this.#fetches.next();
    }
  }

  async #read(source: string, folder: string | undefined, signal: AbortSignal): Promise<ReadItem> {
    const { reader, retryDelay } = this.#options;
    const host = hostOf(source);
    if (host === undefined) {
      return this.#within(this.#disk, signal, () => reader.read(source, folder, signal));
    }
    for (let tries = 1; ; tries++) {
      try {
        return await this.#hosts.request(host, signal, () =>
          this.#within(this.#fetches, signal, () => reader.read(source, folder, signal)),
        );
      } catch (error) {
        signal.throwIfAborted();
        if (!isRetryable(error) || tries === TRIES || this.#hosts.isGivenUp(host)) throw error;
        // Not in step with the other images that failed together with this one.
        const delay = retryDelay * 2 ** (tries - 1) * (0.5 + Math.random());
        await sleep(delay, undefined, { signal }).catch(() => signal.throwIfAborted());
      }
    }
  }

  async #within<T>(slots: Slots, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const release = await slots.take(signal);
    try {
      return await work();
    } finally {
      release();
    }
  }
}

function isRetryable(error: unknown): boolean {
  const known = publicError(error);
  return known !== undefined && meaningOf(known).retryable;
}
