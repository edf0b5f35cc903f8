import { setImmediate, setTimeout } from 'node:timers/promises';
import type { Clip, TokenizedText } from '@clipql/core';
import { FairQueue, type Line } from './fair-queue.ts';

/** Milliseconds after which other requests get their turn. */
const TURN = 5;
/** The longest pause after a slow text, in milliseconds. */
const MOST_PAUSE = 50;

interface Job {
  readonly text: string;
  readonly done: (text: TokenizedText) => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Tokenizes texts, which takes a second or two for a million characters, in short turns of the event
 * loop: one turn in each round of it, whichever operation's text is next. A text that takes longer than a
 * turn (8,192 combining marks take 20 ms) is followed by a pause as long, so that others have half of the loop.
 */
export class TokenizerLine {
  readonly #clip: Pick<Clip, 'tokenize'>;
  readonly #waiting = new FairQueue<Job>();
  #isRunning = false;

  constructor(clip: Pick<Clip, 'tokenize'>) {
    this.#clip = clip;
  }

  /**
   * @returns by the text.
   * @throws the signal's reason once it is aborted.
   */
  async tokenize(
    texts: readonly string[],
    line: Line,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, TokenizedText>> {
    const jobs: Job[] = [];
    const results = texts.map(
      (text) =>
        new Promise<TokenizedText>((done, fail) => {
          const job = { text, done, fail };
          jobs.push(job);
          this.#waiting.add(job, line, text.length);
        }),
    );
    const leave = () => {
      for (const job of jobs) if (this.#waiting.remove(job)) job.fail(signal.reason);
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

  async #run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    let start = performance.now();
    for (let job = this.#waiting.next(); job !== undefined; job = this.#waiting.next()) {
      this.#waiting.take(job);
      try {
        job.done(this.#clip.tokenize(job.text));
      } catch (error) {
        job.fail(error);
      }
      const taken = performance.now() - start;
      if (taken < TURN) continue;
      if (taken < 2 * TURN) await setImmediate();
      else await setTimeout(Math.min(taken, MOST_PAUSE));
      start = performance.now();
    }
    this.#isRunning = false;
  }
}
