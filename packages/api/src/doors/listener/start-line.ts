import type { PublicError } from '../../errors/public-error.ts';

/** Requests for work that begin in one turn of the event loop: ADR 0011 has what others gave. */
const STARTS_A_TURN = 8;
/** Where beginning takes long, as it does until V8 has compiled what it runs, no more begin in a turn after so long. */
const TURN_MS = 5;
/** Refusals that take as long as one request takes to begin. */
const REFUSALS_A_START = 8;
/** Requests that may wait to begin: each holds a connection, and what of its body has arrived. */
const MOST_WAITING = 1_000;

const TOO_MANY: PublicError = {
  code: 'OVERLOADED',
  message: 'too many requests wait; try again in 1 second',
  retryAfter: 1,
};

/**
 * Why to refuse a client's request before it is read, if there is a reason.
 *
 * @param ahead requests of the same client that have yet to begin.
 */
export type Flood = (client: string, ahead: number) => PublicError | undefined;

/** A request for work. */
interface Start {
  readonly begin: () => void;
  readonly refuse: (error: PublicError) => void;
}

/**
 * Lets few requests for work begin in each turn of the event loop. A burst would else be one long turn,
 * and whatever is quick, such as a probe or the next connection, would wait for it. Clients take turns. A
 * request that would find no room when it begins is refused when it comes, or as soon as that is known.
 */
export class StartLine {
  readonly #flood: Flood;
  /** By client, the next one first. */
  readonly #waiting = new Map<string, Start[]>();
  #size = 0;
  #isScheduled = false;

  constructor(flood: Flood) {
    this.#flood = flood;
  }

  /** Calls one of the two: `refuse` at once, or either when it is the client's turn. */
  enter(client: string, start: Start): void {
    const own = this.#waiting.get(client) ?? [];
    const refusal = this.#size >= MOST_WAITING ? TOO_MANY : this.#flood(client, own.length);
    if (refusal === undefined) {
      own.push(start);
      this.#waiting.set(client, own);
      this.#size += 1;
      this.#schedule();
    } else start.refuse(refusal);
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    let start: number | undefined;
    // One each, since what a request does at first is done between two of them.
    for (let left = STARTS_A_TURN; left > 0; left--) {
      setImmediate(() => {
        start ??= performance.now();
        if (performance.now() - start < TURN_MS) this.#begin();
        if (left > 1) return;
        this.#isScheduled = false;
        if (this.#size > 0) this.#schedule();
      });
    }
  }

  /** Begins one request, or refuses as many as take as long. */
  #begin(): void {
    for (let left = REFUSALS_A_START; left > 0 && this.#size > 0; left--) {
      if (this.#next()) return;
    }
  }

  /** @returns whether a request has begun. */
  #next(): boolean {
    const [first] = this.#waiting;
    const [client, own] = first!;
    const { begin, refuse } = own.shift()!;
    this.#size -= 1;
    // Behind the other clients.
    this.#waiting.delete(client);
    if (own.length > 0) this.#waiting.set(client, own);
    const refusal = this.#flood(client, 0);
    if (refusal === undefined) begin();
    else refuse(refusal);
    return refusal === undefined;
  }
}
