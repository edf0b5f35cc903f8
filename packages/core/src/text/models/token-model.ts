/** What splits the words of a text into tokens. */
export interface TokenModel {
  /** Appends the ids of a word's tokens. */
  encode(word: string, ids: number[]): void;
  /** @returns undefined for what is no token. */
  idOf(token: string): number | undefined;
  readonly highestId: number;
}
