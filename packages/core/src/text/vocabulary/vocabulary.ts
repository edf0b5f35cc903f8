import { type KeyFound, KeyTable } from './key-table.ts';

/** In place of a token that is not in the vocabulary. */
export const NO_TOKEN = -1;

/** About how many UTF-16 code units a token of CLIP has. */
const TOKEN_UNITS = 9;

/**
 * Tokens and their ids. A token goes by its number, the order in which it was added, which need not be
 * its id.
 */
export class Vocabulary {
  readonly #texts: KeyTable;
  readonly #ids: Int32Array;
  #scratch = new Uint16Array(64);
  #highest = -1;

  /** @param tokens the most that there will be. */
  constructor(tokens: number) {
    this.#texts = new KeyTable(tokens, TOKEN_UNITS);
    this.#ids = new Int32Array(tokens);
  }

  /** -1 where there is no token. */
  get highestId(): number {
    return this.#highest;
  }

  /** Adds a token, the first `length` of these code units. */
  add(units: Uint16Array, length: number, id: number): void {
    this.#ids[this.#texts.add(units, length)] = id;
    this.#highest = Math.max(this.#highest, id);
  }

  /** @returns the token's number, or {@link NO_TOKEN}. */
  find(text: string): number {
    const { length } = text;
    const units = this.#room(length);
    for (let i = 0; i < length; i++) units[i] = text.charCodeAt(i);
    return this.#texts.find(units, length);
  }

  /** As {@link Vocabulary.find}, for the first `length` of these code units. */
  findUnits(units: Uint16Array, length: number): number {
    return this.#texts.find(units, length);
  }

  /** The token that is these two end to end, or {@link NO_TOKEN}. */
  findJoined(left: number, right: number): number {
    const units = this.#room(this.#texts.length(left) + this.#texts.length(right));
    return this.#texts.find(
      units,
      this.#texts.copy(right, units, this.#texts.copy(left, units, 0)),
    );
  }

  /** Calls back for each token that the units from `start` on begin with, the shortest first. */
  eachPrefix(units: Uint16Array, start: number, found: KeyFound): void {
    this.#texts.eachPrefix(units, start, units.length, found);
  }

  id(token: number): number {
    return this.#ids[token]!;
  }

  #room(length: number): Uint16Array {
    if (length > this.#scratch.length) this.#scratch = new Uint16Array(2 * length);
    return this.#scratch;
  }
}
