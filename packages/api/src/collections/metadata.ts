import { ApiError } from '../errors/api-error.ts';
import { grouped } from '../errors/grouped.ts';
import { shownValue } from '../errors/one-line.ts';
import { isText } from '../limits/is-text.ts';
import type { FieldType } from './collection.ts';
import { instantOf } from './dates.ts';
import type { Metadata, MetadataValue } from './item.ts';

const MAX_NAME_LENGTH = 256;

/** Of a text, and of all texts of a list together. */
const MAX_TEXT_LENGTH = 8_192;

const MAX_LIST_LENGTH = 256;

/** The type that a field has when this is its first value. */
export function typeOf(value: MetadataValue): FieldType {
  if (typeof value === 'number') return 'NUMBER';
  if (typeof value === 'boolean') return 'BOOLEAN';
  if (typeof value !== 'string') return 'TEXTS';
  return instantOf(value) === undefined ? 'TEXT' : 'DATE';
}

/**
 * Whether a field can have a value. A TEXT may look like a date, and a DATE that gets another text
 * becomes a TEXT.
 */
export const suits = (type: FieldType, value: MetadataValue): boolean =>
  typeof value === 'string' ? type === 'TEXT' || type === 'DATE' : typeOf(value) === type;

/** @throws ApiError BAD_METADATA for what no field can hold. */
export function checkMetadata(key: string, metadata: Metadata): void {
  for (const [name, value] of Object.entries(metadata)) {
    const wrong = nameFault(name) ?? valueFault(value);
    if (wrong !== undefined) throw badMetadata(key, name, wrong);
  }
}

/** @param wrong “expected a, got b”. */
export const badMetadata = (key: string, name: string, wrong: string): ApiError =>
  new ApiError('BAD_METADATA', `field ${shownValue(name)} of ${shownValue(key)}: ${wrong}`);

function nameFault(name: string): string | undefined {
  if (name.length < 1 || name.length > MAX_NAME_LENGTH) {
    return `expected a name of 1 to ${MAX_NAME_LENGTH} characters, got ${grouped(name.length)}`;
  }
  return isText(name) ? undefined : 'expected a name in Unicode without NUL, got another';
}

function valueFault(value: MetadataValue): string | undefined {
  if (typeof value === 'boolean') return undefined;
  if (typeof value === 'number') {
    return Number.isFinite(value) ? undefined : `expected a finite number, got ${value}`;
  }
  if (typeof value === 'string') return textFault([value]);
  if (!Array.isArray(value) || !value.every((one) => typeof one === 'string')) {
    return `expected a text, a number, a boolean or a list of texts, got ${shownValue(value)}`;
  }
  if (value.length > MAX_LIST_LENGTH) {
    return `expected a list of at most ${MAX_LIST_LENGTH} texts, got ${grouped(value.length)}`;
  }
  return textFault(value);
}

function textFault(texts: readonly string[]): string | undefined {
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  if (length > MAX_TEXT_LENGTH) {
    return `expected at most ${grouped(MAX_TEXT_LENGTH)} characters, got ${grouped(length)}`;
  }
  return texts.every(isText) ? undefined : 'expected Unicode without NUL, got another text';
}
