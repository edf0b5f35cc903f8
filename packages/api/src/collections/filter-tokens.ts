import { grouped } from '../errors/grouped.ts';
import { badFilter } from './check-filter.ts';

/** A piece of a filter. */
export interface Token {
  /** Without quotes. */
  readonly text: string;
  readonly isQuoted: boolean;
  /** Whether it means something where a field or a value may stand, unless it is quoted. */
  readonly isReserved: boolean;
  /** Where it begins, from 0. */
  readonly at: number;
}

/** Characters of a filter: more than a command line or a URL can be expected to hold. */
const MAX_LENGTH = 32_768;

const RESERVED = new Set(['and', 'or', 'not', 'in', 'contains', 'exists']);

/** Spaces; a text in quotes; an operator; a word. Each begins otherwise, so nothing is read twice. */
const PIECE = /\s+|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[=!<>]=?|[(),]|[^\s"'=!<>(),]+/suy;

/** @throws ApiError BAD_FILTER for quotes that do not end. */
export function lexFilter(text: string): readonly Token[] {
  if (text.length > MAX_LENGTH) {
    throw badFilter(
      `expected at most ${grouped(MAX_LENGTH)} characters, got ${grouped(text.length)}`,
    );
  }
  const tokens: Token[] = [];
  PIECE.lastIndex = 0;
  for (let at = 0; at < text.length; at = PIECE.lastIndex) {
    const [piece] = PIECE.exec(text) ?? [];
    if (piece === undefined) {
      throw badFilter(`expected an end of the quotes from character ${at + 1} on, got none`);
    }
    if (/^\s/.test(piece)) continue;
    const isQuoted = /^["']/.test(piece);
    tokens.push({
      text: isQuoted ? piece.slice(1, -1).replace(/\\(.)/gsu, '$1') : piece,
      isQuoted,
      isReserved: /^[=!<>(),]/.test(piece) || RESERVED.has(piece.toLowerCase()),
      at,
    });
  }
  return tokens;
}
