import { base64Bytes } from '../../base64.ts';
import { invalid } from './component.ts';

/** Rewrites a text before it is split. */
export type Normalize = (text: string) => string;

/** Longer graphemes are looked up character by character. */
const GRAPHEME_BYTES = 6;
const ENCODER = new TextEncoder();
const PLAIN = /^[ -~]*$/;

/**
 * sentencepiece's compiled map of characters: a double-array trie (Darts) from UTF-8 to where a replacement
 * stands in a run of texts that end with zeros. As tokenizers does, a grapheme is replaced as a whole, by what the
 * shortest part of it that the map has becomes, or else character by character.
 *
 * @see https://github.com/google/sentencepiece/blob/master/src/normalizer.cc
 */
export function precompiledNormalizer(charsmap: unknown): Normalize {
  if (charsmap === null || charsmap === undefined) return (text) => text;
  const { trie, replacements } = readCharsmap(charsmap);
  const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });
  const decoder = new TextDecoder();

  const replacement = (text: string): string | undefined => {
    const start = shortestMatch(trie, ENCODER.encode(text));
    if (start === undefined) return undefined;
    const end = replacements.indexOf(0, start);
    return decoder.decode(replacements.subarray(start, end === -1 ? undefined : end));
  };
  const replaced = (grapheme: string): string => {
    if (ENCODER.encode(grapheme).length < GRAPHEME_BYTES) {
      const whole = replacement(grapheme);
      if (whole !== undefined) return whole;
    }
    return Array.from(grapheme, (character) => replacement(character) ?? character).join('');
  };

  return (text) => {
    if (PLAIN.test(text)) return text;
    let normalized = '';
    for (const { segment } of graphemes.segment(text)) normalized += replaced(segment);
    return normalized;
  };
}

interface Charsmap {
  readonly trie: Uint32Array;
  readonly replacements: Uint8Array;
}

function readCharsmap(charsmap: unknown): Charsmap {
  try {
    if (typeof charsmap !== 'string') throw new TypeError('expected a text');
    const bytes = base64Bytes(charsmap);
    const view = new DataView(bytes.buffer);
    const size = view.getUint32(0, true);
    const trie = Uint32Array.from({ length: size / 4 }, (_, i) => view.getUint32(4 + 4 * i, true));
    return { trie, replacements: bytes.subarray(4 + size) };
  } catch (cause) {
    throw invalid('normalizer: precompiled_charsmap: expected a map in base64', cause);
  }
}

/** The value of the shortest key that the bytes begin with; units are laid out as Darts has them. */
function shortestMatch(trie: Uint32Array, bytes: Uint8Array): number | undefined {
  let node = offsetOf(trie[0] ?? 0);
  for (const byte of bytes) {
    if (byte === 0) return undefined;
    node ^= byte;
    const unit = trie[node];
    if (unit === undefined || (unit & 0x8000_00ff) !== byte) return undefined;
    node ^= offsetOf(unit);
    if ((unit >>> 8) & 1) return (trie[node] ?? 0) & 0x7fff_ffff;
  }
  return undefined;
}

const offsetOf = (unit: number): number => (unit >>> 10) << ((unit & 0x200) >>> 6);
