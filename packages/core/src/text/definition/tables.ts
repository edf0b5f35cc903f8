/** The parts of a `tokenizer.json`, whose 100,000 strings and more are not to become objects. */
import { ClipError } from '../../errors.ts';
import { Merges } from '../models/merges.ts';
import { textOf } from '../vocabulary/code-units.ts';
import { JsonReader, type JsonSpan } from '../vocabulary/json-reader.ts';
import { NO_TOKEN, Vocabulary } from '../vocabulary/vocabulary.ts';

const SPACE = 0x20;

/** A `tokenizer.json` apart from its two long parts, and where these lie in it. */
export interface SplitDefinition {
  /** The file, with nothing between the brackets of the two. */
  readonly rest: Uint8Array;
  readonly vocab: JsonSpan;
  /** Undefined where the model has none. */
  readonly merges: JsonSpan | undefined;
}

/** @throws ClipError MODEL_CONFIG_INVALID where this is no JSON, or the model has no vocabulary. */
export function splitDefinition(definition: Uint8Array): SplitDefinition {
  const reader = new JsonReader(definition);
  const spans = new Map<string, JsonSpan>();
  try {
    eachMember(reader, (key) => {
      if (key !== 'model' || !reader.isObject()) reader.skip();
      else eachMember(reader, (name) => readPart(reader, name, spans));
    });
  } catch (cause) {
    throw new ClipError('MODEL_CONFIG_INVALID', 'tokenizer.json is not valid JSON', { cause });
  }
  const vocab = spans.get('vocab');
  if (vocab === undefined) throw invalid('model.vocab: expected a vocabulary, got none');
  const merges = spans.get('merges');
  const parts = [...spans.values()].sort((a, b) => a.start - b.start);
  return { rest: withoutContents(definition, parts), vocab, merges };
}

function readPart(reader: JsonReader, name: string, spans: Map<string, JsonSpan>): void {
  const isLong =
    (name === 'vocab' && (reader.isObject() || reader.isList())) ||
    (name === 'merges' && reader.isList());
  const span = reader.skip();
  if (isLong) spans.set(name, span);
}

function eachMember(reader: JsonReader, member: (key: string) => void): void {
  reader.object((length) => member(textOf(reader.units, length)));
}

function withoutContents(definition: Uint8Array, parts: readonly JsonSpan[]): Uint8Array {
  const kept: Uint8Array[] = [];
  let from = 0;
  for (const { start, end } of parts) {
    kept.push(definition.subarray(from, start + 1));
    from = end - 1;
  }
  kept.push(definition.subarray(from));
  const rest = new Uint8Array(kept.reduce((sum, { length }) => sum + length, 0));
  let length = 0;
  for (const part of kept) {
    rest.set(part, length);
    length += part.length;
  }
  return rest;
}

/** @throws ClipError MODEL_CONFIG_INVALID for anything but an object of whole numbers. */
export function readVocabulary(definition: Uint8Array, { start, members }: JsonSpan): Vocabulary {
  const reader = new JsonReader(definition, start);
  const vocabulary = new Vocabulary(members);
  try {
    reader.object((length) => vocabulary.add(reader.units, length, reader.integer()));
  } catch (cause) {
    throw invalid('model.vocab: expected an object of tokens and their ids', cause);
  }
  return vocabulary;
}

/** A vocabulary in which the place of a token is its id, with the tokens' scores. */
export interface ScoredVocabulary {
  readonly vocabulary: Vocabulary;
  readonly scores: Float64Array;
}

/** @throws ClipError MODEL_CONFIG_INVALID for anything but a list of `["token", score]`. */
export function readScoredVocabulary(
  definition: Uint8Array,
  { start, members }: JsonSpan,
): ScoredVocabulary {
  const reader = new JsonReader(definition, start);
  const vocabulary = new Vocabulary(members);
  const scores = new Float64Array(members);
  let id = 0;
  let part = 0;
  const readPart = (): void => {
    if (part++ === 1) {
      scores[id] = reader.number();
      return;
    }
    const length = reader.string();
    vocabulary.add(reader.units, length, id);
  };
  try {
    reader.list(() => {
      part = 0;
      reader.list(readPart);
      if (part !== 2) throw new SyntaxError('expected two');
      id++;
    });
  } catch (cause) {
    throw invalid('model.vocab: expected a list of tokens and their scores', cause);
  }
  return { vocabulary, scores: scores.subarray(0, id) };
}

/**
 * Merges in either of their forms, `["a", "b"]` and `"a b"`.
 *
 * @throws ClipError MODEL_CONFIG_INVALID for anything else, and for tokens that are not in the vocabulary.
 */
export function readMerges(
  definition: Uint8Array,
  { start, members }: JsonSpan,
  vocabulary: Vocabulary,
): Merges {
  const reader = new JsonReader(definition, start);
  const merges = new Merges(members);
  try {
    reader.list(mergeReader(reader, vocabulary, merges));
  } catch (cause) {
    if (cause instanceof ClipError) throw cause;
    throw invalid('model.merges: expected a list of pairs of tokens', cause);
  }
  return merges;
}

/** Reads one merge after the other, without an object for any. */
function mergeReader(reader: JsonReader, vocabulary: Vocabulary, merges: Merges): () => void {
  const pair = [NO_TOKEN, NO_TOKEN];
  let rank = 0;
  let members = 0;
  const readListed = (): void => {
    const length = reader.string();
    pair[members++ % 2] = vocabulary.findUnits(reader.units, length);
  };
  const readSpaced = (): void => {
    const length = reader.string();
    const { units } = reader;
    const space = units.indexOf(SPACE);
    if (space < 0 || space >= length) return;
    pair[0] = vocabulary.findUnits(units, space);
    units.copyWithin(0, space + 1, length);
    pair[1] = vocabulary.findUnits(units, length - space - 1);
    members = 2;
  };
  return () => {
    members = 0;
    if (reader.isList()) reader.list(readListed);
    else readSpaced();
    if (members !== 2) throw invalid(`model.merges[${rank}]: expected two tokens`);
    // Taken apart as `[left, right]`, each pair would cost an iterator.
    const left = pair[0]!;
    const right = pair[1]!;
    const known = left !== NO_TOKEN && right !== NO_TOKEN;
    if (!known || vocabulary.findJoined(left, right) === NO_TOKEN) {
      throw invalid(
        `model.merges[${rank}]: expected two tokens of the vocabulary that make a third, got others`,
      );
    }
    merges.add(left, right);
    rank++;
  };
}

const invalid = (problem: string, cause?: unknown): ClipError =>
  new ClipError('MODEL_CONFIG_INVALID', `tokenizer.json: ${problem}`, { cause });
