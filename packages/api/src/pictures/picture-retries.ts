import { type ErrorCode, meaningOf } from '../errors/error-codes.ts';
import type { PublicError } from '../errors/public-error.ts';

/** A picture that could not be drawn is tried again after this, in milliseconds, and then after twice as long. */
const RETRY_MS = { first: 10_000, most: 80_000 };
/** How often, before it FAILED. */
const RETRIES = 2;
/** What a picture waits for, however long it takes: somebody makes room. */
const WAITS_FOR: readonly ErrorCode[] = ['MODEL_MEMORY_FULL', 'PICTURE_NOT_KEPT'];

/** What becomes of a picture that could not be drawn. */
export type AfterFailure = 'FAILS' | 'RETRIES' | 'WAITS' | 'STILL_WAITS';

/** When pictures that could not be drawn are tried again, and how often. */
export class PictureRetries {
  readonly #notBefore = new Map<string, number>();
  readonly #waits = new Map<string, { readonly code: ErrorCode; readonly times: number }>();
  /** Other failures: waiting for room uses up none of the retries. */
  readonly #losses = new Map<string, number>();

  /** Milliseconds until a picture may be drawn; 0 or less for now. */
  until(id: string): number {
    return (this.#notBefore.get(id) ?? 0) - performance.now();
  }

  /** Counts a failure. */
  after(id: string, error: PublicError): AfterFailure {
    if (WAITS_FOR.includes(error.code) && error.retryable !== false) {
      return this.wait(id, error.code);
    }
    const losses = (this.#losses.get(id) ?? 0) + 1;
    if (!meaningOf(error).retryable || losses > RETRIES) {
      this.forget(id);
      return 'FAILS';
    }
    this.#losses.set(id, losses);
    this.#delay(id, losses);
    return 'RETRIES';
  }

  /** A picture waits until somebody makes room. @param code of what it waits for. */
  wait(id: string, code: ErrorCode): 'WAITS' | 'STILL_WAITS' {
    const last = this.#waits.get(id);
    const times = (last?.times ?? 0) + 1;
    this.#waits.set(id, { code, times });
    this.#delay(id, times);
    return last?.code === code ? 'STILL_WAITS' : 'WAITS';
  }

  /** It got further, or is called for anew: what failed before counts no more. */
  forget(id: string): void {
    for (const counts of [this.#notBefore, this.#waits, this.#losses]) counts.delete(id);
  }

  #delay(id: string, times: number): void {
    const delay = Math.min(RETRY_MS.most, RETRY_MS.first * 2 ** (times - 1));
    this.#notBefore.set(id, performance.now() + delay);
  }
}
