import { setImmediate, setTimeout } from 'node:timers/promises';
import type { Clip, TokenizedText } from '@clipql/core';
import { ApiError } from '../errors/api-error.ts';
import type { Account } from './admission.ts';
import { FairQueue } from './fair-queue.ts';
import { queueFull } from './queue-full.ts';
import { type Place, Room } from './room.ts';
import { Speed } from './speed.ts';

/** Milliseconds after which other requests get their turn. */
const TURN = 5;
/** The longest pause after a slow text, in milliseconds. */
const MOST_PAUSE = 50;
/**
 * Characters a second at most by which waiting texts are priced: what an ordinary computer does of combining
 * marks, the slowest there are, with the pauses. Ordinary text says nothing of how long these would take.
 */
const MOST_CHARACTERS = 200_000;

/** How time passes for a tokenizer. */
export interface TokenizerClock {
  /** Milliseconds on a clock that does not go back. */
  readonly now: () => number;
  readonly pause: (milliseconds: number) => Promise<unknown>;
}

const CLOCK: TokenizerClock = { now: () => performance.now(), pause: setTimeout };

interface Job {
  readonly text: string;
  readonly place: Place | undefined;
  readonly done: (text: TokenizedText) => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Tokenizes texts, which takes a second or two for a million characters, in short turns of the event
 * loop: one turn in each round of it, whichever operation's text is next. A text that takes longer than a
 * turn (8,192 combining marks take 20 ms) is followed by a pause as long, so that others have half of the loop.
 * Texts that would wait for more than `seconds` are refused, with an equal share for each caller.
 */
export class TokenizerLine {
  readonly #clip: Pick<Clip, 'tokenize'>;
  readonly #waiting = new FairQueue<Job>();
  readonly #clock: TokenizerClock;
  readonly #speed = new Speed();
  /** In characters. */
  readonly #room: Room;
  #isRunning = false;

  /** @param seconds of work that may wait. */
  constructor(clip: Pick<Clip, 'tokenize'>, seconds: number, clock = CLOCK) {
    this.#clip = clip;
    this.#clock = clock;
    this.#room = new Room(() => seconds * this.#charactersASecond);
  }

  /** @throws ApiError OVERLOADED where texts would wait too long now. */
  check(texts: readonly string[], account: Account): void {
    const characters = texts.reduce((sum, { length }) => sum + length, 0);
    if (account.isBackground || this.#room.has(account, characters)) return;
    const { code, message, retryAfter } = queueFull(this.#room.taken / this.#charactersASecond);
    throw new ApiError(code, message, { retryAfter });
  }

  /**
   * @returns by the text.
   * @throws the signal's reason once it is aborted.
   */
  async tokenize(
    texts: readonly string[],
    account: Account,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, TokenizedText>> {
    const jobs: Job[] = [];
    const results = texts.map(
      (text) =>
        new Promise<TokenizedText>((done, fail) => {
          const place = account.isBackground ? undefined : this.#room.hold(account, text.length);
          const job = { text, place, done, fail };
          jobs.push(job);
          this.#waiting.add(job, account, text.length);
        }),
    );
    const leave = () => {
      for (const job of jobs) {
        if (!this.#waiting.remove(job)) continue;
        job.place?.release();
        job.fail(signal.reason);
      }
    };
    signal.addEventListener('abort', leave, { once: true });
    try {
      if (signal.aborted) leave();
      void this.#run();
      const tokenized = await Promise.all(results);
      return new Map(texts.map((text, i) => [text, tokenized[i]!]));
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  get #charactersASecond(): number {
    return Math.min(this.#speed.perSecond ?? MOST_CHARACTERS, MOST_CHARACTERS);
  }

  async #run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    const { now, pause } = this.#clock;
    let start = now();
    let characters = 0;
    for (let job = this.#waiting.next(); job !== undefined; job = this.#waiting.next()) {
      this.#waiting.take(job);
      try {
        job.done(this.#clip.tokenize(job.text));
      } catch (error) {
        job.fail(error);
      }
      job.place?.release();
      characters += job.text.length;
      const taken = now() - start;
      if (taken < TURN) continue;
      if (taken < 2 * TURN) await setImmediate();
      else await pause(Math.min(taken, MOST_PAUSE));
      // With the pause: it is how long those behind have waited.
      this.#speed.count(characters, now() - start);
      start = now();
      characters = 0;
    }
    this.#isRunning = false;
  }
}
