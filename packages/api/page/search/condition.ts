import type { Value } from '../server/operation.ts';

export type FieldType = 'BOOLEAN' | 'DATE' | 'NUMBER' | 'TEXT' | 'TEXTS';

/** A field of the collection’s metadata. */
export interface Field {
  readonly name: string;
  readonly type: FieldType;
}

/** Compares a field of the metadata with a value. */
export interface Condition {
  readonly field: string;
  readonly operator: Operator;
  readonly value: string | number | boolean;
}

/** As `ItemFilter` has them. */
const OPERATORS = ['eq', 'ne', 'lt', 'lte', 'gt', 'gte', 'contains', 'exists'] as const;

export type Operator = (typeof OPERATORS)[number];

const ORDERED: readonly Operator[] = ['eq', 'ne', 'lt', 'lte', 'gt', 'gte', 'exists'];

/** What can be asked of a field; the first is what one begins with. */
export const OPERATORS_OF: Readonly<Record<FieldType, readonly Operator[]>> = {
  BOOLEAN: ['eq', 'exists'],
  DATE: ['gte', 'lte', 'exists'],
  NUMBER: ORDERED,
  TEXT: ['contains', 'eq', 'ne', 'exists'],
  TEXTS: ['contains', 'exists'],
};

/** What a typed text is for a field. @returns undefined for nothing, and for what is no number. */
export function typedValue(type: FieldType, text: string): Condition['value'] | undefined {
  if (text.trim() === '') return undefined;
  if (type !== 'NUMBER') return text;
  const number = Number(text);
  return Number.isFinite(number) ? number : undefined;
}

/** As `ItemFilter`; undefined for no conditions. */
export function filterOf(conditions: readonly Condition[]): Value | undefined {
  const parts = conditions.map(
    ({ field, operator, value }): Value => ({ field, [operator]: value }),
  );
  return parts.length > 1 ? { and: parts } : parts[0];
}

export const writeCondition = ({ field, operator, value }: Condition): string =>
  JSON.stringify([field, operator, value]);

/** @returns undefined for what `writeCondition` did not write. */
export function readCondition(text: string): Condition | undefined {
  try {
    const [field, operator, value] = JSON.parse(text) as readonly unknown[];
    const isValue = ['string', 'number', 'boolean'].includes(typeof value);
    if (typeof field !== 'string' || !isValue) return undefined;
    if (!OPERATORS.includes(operator as Operator)) return undefined;
    return { field, operator: operator as Operator, value: value as Condition['value'] };
  } catch {
    return undefined;
  }
}
