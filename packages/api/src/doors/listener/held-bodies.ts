import { ApiError } from '../../errors/api-error.ts';

/** What one request's body takes. */
export interface HeldBody {
  /**
   * Counts bytes as they arrive.
   *
   * @throws ApiError OVERLOADED when they are too many with those of other requests.
   */
  keep(bytes: number): void;
  /** Once the request is answered. */
  release(): void;
}

/** Bytes of a body that finds room in any case: those of queries without images. */
const SMALL = 64 * 1024;

/**
 * Bounds the memory of requests that arrive or are being answered. One that is alone finds room: its
 * own limit bounds it.
 */
export class HeldBodies {
  readonly #most: number;
  #total = 0;

  constructor(most: number) {
    this.#most = most;
  }

  hold(): HeldBody {
    let own = 0;
    const count = (bytes: number) => {
      own += bytes;
      this.#total += bytes;
    };
    return {
      keep: (bytes) => {
        count(bytes);
        if (own <= SMALL || own === this.#total || this.#total <= this.#most) return;
        count(-own);
        const message =
          'requests that arrive now leave no memory for another; try again in 1 second';
        throw new ApiError('OVERLOADED', message, { retryAfter: 1 });
      },
      release: () => count(-own),
    };
  }
}
