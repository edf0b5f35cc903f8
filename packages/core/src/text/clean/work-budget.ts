/** Passes over a whole text, whatever its length. */
const PASSES = 50;
/** Characters more, so that a short text has as many as it could need. */
const CHARACTERS = 150_000;
/** What a pass over no character would cost. */
const SHORTEST = 20;

/**
 * Work that a text may cause. Cleaning repeats itself until nothing changes, and a text can be made to need as
 * many passes as it has characters (`&amp;amp;amp;…`). One that needs more than this is left as it is then.
 */
export class WorkBudget {
  #left: number;

  constructor(length: number) {
    this.#left = PASSES * length + CHARACTERS;
  }

  /** @returns whether there is still room for a pass over so many characters. */
  spend(length: number): boolean {
    this.#left -= length + SHORTEST;
    return this.#left >= 0;
  }
}
