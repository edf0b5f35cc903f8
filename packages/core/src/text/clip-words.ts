import type { PreTokenize } from './definition/pre-tokenizer.ts';
import type { TokenModel } from './models/token-model.ts';

/** Words of a text and their tokens. */
export type Tokenize = (text: string, room: number) => number[];

/**
 * What OpenAI's `SimpleTokenizer` splits: contractions (of which `ſ` is a case of `s`), runs of letters, single
 * digits, runs of other marks; the words' UTF-8 bytes are the symbols of byte-pair encoding. Special tokens
 * written in the text count, in any case.
 *
 * @param special ids of the special tokens, by how they are written.
 * @see https://github.com/openai/CLIP/blob/main/clip/simple_tokenizer.py
 */
export function clipWords(model: TokenModel, special: ReadonlyMap<string, number>): Tokenize {
  const byText = new Map([...special].map(([text, id]) => [text.toLowerCase(), id]));
  const contents = [...byText.keys()].map((text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  const words = new RegExp(
    [...contents, "'(?:[sſtmd]|re|ve|ll)", '\\p{L}+', '\\p{N}', '[^ \\p{L}\\p{N}]+'].join('|'),
    'gu',
  );
  return (text, room) => {
    const ids: number[] = [];
    for (const [word] of text.matchAll(words)) {
      const id = byText.get(word);
      if (id === undefined) model.encode(bytesAsSymbols(word), ids);
      else ids.push(id);
      if (ids.length > room) break;
    }
    return ids;
  };
}

const TOKENIZERS_WORDS = /'(?:[stmd]|re|ve|ll)|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+/gu;

/** The same words, as Hugging Face's tokenizers finds them between the added tokens. */
export const clipPreTokenize: PreTokenize = (text) =>
  (text.match(TOKENIZERS_WORDS) ?? []).map(bytesAsSymbols);

const ENCODER = new TextEncoder();
const PRINTABLE = /^[!-~]*$/;

/** Each byte as a character that can be seen: itself, or the next one from U+0100 on. */
const SYMBOLS: readonly string[] = (() => {
  let next = 0x100;
  const isVisible = (byte: number) =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte !== 0xad);
  return Array.from({ length: 256 }, (_, byte) =>
    String.fromCharCode(isVisible(byte) ? byte : next++),
  );
})();

function bytesAsSymbols(word: string): string {
  if (PRINTABLE.test(word)) return word;
  let symbols = '';
  for (const byte of ENCODER.encode(word)) symbols += SYMBOLS[byte];
  return symbols;
}
