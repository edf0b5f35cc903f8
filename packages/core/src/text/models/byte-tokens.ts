import { NO_TOKEN, type Vocabulary } from '../vocabulary/vocabulary.ts';

const ENCODER = new TextEncoder();

/** Tokens of the UTF-8 bytes of a text, `<0x00>` to `<0xFF>`; undefined where the vocabulary lacks one of them. */
export function byteTokens(text: string, vocabulary: Vocabulary): number[] | undefined {
  const tokens: number[] = [];
  for (const byte of ENCODER.encode(text)) {
    const hex = byte.toString(16).toUpperCase().padStart(2, '0');
    const token = vocabulary.find(`<0x${hex}>`);
    if (token === NO_TOKEN) return undefined;
    tokens.push(token);
  }
  return tokens;
}
