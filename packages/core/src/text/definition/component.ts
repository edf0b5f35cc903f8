import { ClipError } from '../../errors.ts';
import { isJsonObject, type JsonObject } from '../../json.ts';

export const TOKENIZER_JSON = 'tokenizer.json';

/** A part of a `tokenizer.json` with a `type`: a normalizer, a pre-tokenizer, a post-processor. */
export interface Component {
  readonly type: string;
  readonly json: JsonObject;
}

/** @returns the component's parts where it is a Sequence, itself where it is another, none where it is null. */
export function componentsOf(value: unknown, member: string, list: string): readonly Component[] {
  if (value === undefined || value === null) return [];
  if (!isJsonObject(value) || typeof value.type !== 'string') {
    throw invalid(`${member}: expected an object with a type`);
  }
  if (value.type !== 'Sequence') return [{ type: value.type, json: value }];
  const parts = value[list];
  if (!Array.isArray(parts)) throw invalid(`${member}.${list}: expected a list`);
  return parts.flatMap((part) => componentsOf(part, member, list));
}

/** Only what is known runs over texts: patterns of a file could take exponential time. */
export const unsupported = (member: string, { type, json }: Component): ClipError =>
  invalid(`${member}: expected one that ClipQL knows, got ${type} ${short(json)}`);

const short = (json: JsonObject): string => {
  const text = JSON.stringify(json);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
};

/** The `pattern` of a component: a text to find, or an expression. */
export function patternOf({ json }: Component): {
  readonly text?: unknown;
  readonly regex?: unknown;
} {
  const { pattern } = json;
  return isJsonObject(pattern) ? { text: pattern.String, regex: pattern.Regex } : {};
}

export const invalid = (problem: string, cause?: unknown): ClipError =>
  new ClipError('MODEL_CONFIG_INVALID', `${TOKENIZER_JSON}: ${problem}`, { cause });
