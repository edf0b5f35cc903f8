import type { PublicError } from '../../errors/public-error.ts';

/** Requests for work that begin in one turn of the event loop: ADR 0011 has what others gave. */
const STARTS_A_TURN = 8;
/** Requests that may wait to begin: each holds a connection, and what of its body has arrived. */
const MOST_WAITING = 1_000;

const TOO_MANY: PublicError = {
  code: 'OVERLOADED',
  message: 'too many requests wait; try again in 1 second',
  retryAfter: 1,
};

/**
 * Lets few requests for work begin in each turn of the event loop, in the order of arrival. A burst would
 * else be one long turn, and whatever is quick, such as a probe or the next connection, would wait for it.
 */
export class StartLine {
  readonly #waiting: (() => void)[] = [];
  #isScheduled = false;

  /** @returns why not, where too many wait; else undefined, and `begin` is called when it is its turn. */
  enter(begin: () => void): PublicError | undefined {
    if (this.#waiting.length >= MOST_WAITING) return TOO_MANY;
    this.#waiting.push(begin);
    this.#schedule();
    return undefined;
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      for (const begin of this.#waiting.splice(0, STARTS_A_TURN)) begin();
      if (this.#waiting.length > 0) this.#schedule();
    });
  }
}
