import { isJsonObject, type JsonObject } from '../../json.ts';
import { invalid } from './component.ts';

/** A token that is found in a text before its words are. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** Whether white space before, and after, goes with it. */
  readonly stripsLeft: boolean;
  readonly stripsRight: boolean;
  /** Whether it is looked for in the text once that is normalized. */
  readonly isNormalized: boolean;
}

/** @throws ClipError MODEL_CONFIG_INVALID for what is no list of added tokens. */
export function readAddedTokens(value: unknown): readonly AddedToken[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw invalid('added_tokens: expected a list');
  return value.map(addedToken);
}

function addedToken(value: unknown, i: number): AddedToken {
  const json: JsonObject = isJsonObject(value) ? value : {};
  const { id, content } = json;
  const isToken = Number.isInteger(id) && typeof content === 'string' && content !== '';
  if (!isToken) throw invalid(`added_tokens[${i}]: expected an id and a content`);
  if (json.single_word === true) throw invalid(`added_tokens[${i}].single_word: expected false`);
  return {
    id: id as number,
    content,
    stripsLeft: json.lstrip === true,
    stripsRight: json.rstrip === true,
    isNormalized: json.normalized === true,
  };
}

/** A text apart from the added tokens in it. */
export type Piece = string | AddedToken;

/** @returns what splits a text at these tokens, the longest first where several begin. */
export function splitAt(tokens: readonly AddedToken[]): (text: string) => readonly Piece[] {
  if (tokens.length === 0) return (text) => [text];
  const byContent = new Map(tokens.map((token) => [token.content, token]));
  const contents = [...byContent.keys()].sort((a, b) => b.length - a.length);
  const found = new RegExp(`(${contents.map(escaped).join('|')})`, 'u');
  return (text) => {
    const pieces: Piece[] = text
      .split(found)
      .map((part, i) => (i % 2 ? byContent.get(part)! : part));
    return pieces.map((piece, i) => {
      if (typeof piece !== 'string') return piece;
      const previous = pieces[i - 1];
      const next = pieces[i + 1];
      let kept = piece;
      if (typeof previous === 'object' && previous.stripsRight) kept = kept.trimStart();
      if (typeof next === 'object' && next.stripsLeft) kept = kept.trimEnd();
      return kept;
    });
  };
}

const escaped = (content: string): string => content.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
