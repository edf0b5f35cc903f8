import { shownValue } from '../errors/one-line.ts';
import { MAX_METADATA_FIELDS } from '../limits/collections.ts';
import type { FieldType } from './collection.ts';
import { instantOf } from './dates.ts';
import type { MetadataValue } from './item.ts';
import { badMetadata, suits, typeOf } from './metadata.ts';

/** How a value is compared and ordered: numbers and instants as numbers, booleans as 0 and 1. */
export type ComparableValue = string | number;

/**
 * The type that a field has with another value: a field is made by its first value, and a DATE that gets another
 * text becomes a TEXT.
 *
 * @param type before; undefined for a field that is new.
 * @param fields how many the collection has.
 * @throws ApiError BAD_METADATA.
 */
export function typeWith(
  key: string,
  name: string,
  value: MetadataValue,
  type: FieldType | undefined,
  fields: number,
): FieldType {
  if (type === undefined) {
    if (fields < MAX_METADATA_FIELDS) return typeOf(value);
    const expected = `expected at most ${MAX_METADATA_FIELDS} fields in a collection`;
    throw badMetadata(key, name, `${expected}, got more`);
  }
  if (!suits(type, value)) {
    throw badMetadata(key, name, `expected a ${type}, got ${shownValue(value)}`);
  }
  return type === 'DATE' && instantOf(value as string) === undefined ? 'TEXT' : type;
}

/** A list has one for each of its texts. */
export function comparableValues(
  type: FieldType,
  value: MetadataValue,
): readonly ComparableValue[] {
  if (Array.isArray(value)) return value;
  if (typeof value === 'boolean') return [Number(value)];
  if (type === 'DATE') return [instantOf(value as string)!];
  return [value as ComparableValue];
}
