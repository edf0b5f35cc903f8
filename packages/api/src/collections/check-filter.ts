import { ApiError } from '../errors/api-error.ts';
import { grouped } from '../errors/grouped.ts';
import { shownValue } from '../errors/one-line.ts';
import { isText } from '../limits/is-text.ts';
import type { FieldType } from './collection.ts';
import { beginningOf } from './dates.ts';
import { COMPARISONS, type FieldFilter, type Filter } from './filter.ts';

const MAX_DEPTH = 8;
const MAX_NODES = 100;
/** Of one `in`. */
const MAX_CHOICES = 1_000;
/** Of fields in a message. */
const MAX_SHOWN = 20;

type Fields = ReadonlyMap<string, FieldType>;
type Operator = FieldFilter['op'];

const EQUALITY: readonly Operator[] = ['eq', 'ne', 'in', 'exists'];
const ORDERED: readonly Operator[] = [...EQUALITY, 'lt', 'lte', 'gt', 'gte'];

const OPERATORS: Readonly<Record<FieldType, readonly Operator[]>> = {
  TEXT: [...ORDERED, 'contains'],
  NUMBER: ORDERED,
  BOOLEAN: EQUALITY,
  DATE: ORDERED,
  TEXTS: ['contains', 'exists'],
};

/** @throws ApiError BAD_FILTER unless a collection with these fields can answer it. */
export function checkFilter(filter: Filter, fields: Fields): void {
  let nodes = 0;
  const visit = (node: Filter, depth: number): void => {
    nodes += 1;
    if (depth > MAX_DEPTH) throw badFilter(`expected at most ${MAX_DEPTH} levels, got more`);
    if (nodes > MAX_NODES) throw badFilter(`expected at most ${MAX_NODES} conditions, got more`);
    if ('and' in node) for (const one of listed(node.and)) visit(one, depth + 1);
    else if ('or' in node) for (const one of listed(node.or)) visit(one, depth + 1);
    else if ('not' in node) visit(node.not, depth + 1);
    else checkField(node, fields);
  };
  visit(filter, 1);
}

function listed(filters: readonly Filter[]): readonly Filter[] {
  if (filters.length > 0) return filters;
  throw badFilter('expected at least one condition in and, or, got none');
}

function checkField({ field, op, value }: FieldFilter, fields: Fields): void {
  const type = fields.get(field);
  if (type === undefined) {
    throw badFilter(`expected one of the fields ${shownFields(fields)}, got ${shownValue(field)}`);
  }
  if (op !== 'exists' && !COMPARISONS.includes(op))
    throw badFilter(`expected a comparison, got ${op}`);
  if (!OPERATORS[type].includes(op)) {
    const operators = OPERATORS[type].join(', ');
    throw badFilter(`expected one of ${operators} for ${named(field, type)}, got ${op}`);
  }
  if (op === 'exists') checkValue(field, 'BOOLEAN', value, 'exists of ');
  else if (op === 'in') checkChoices(field, type, value);
  else checkValue(field, type, value);
}

function checkChoices(field: string, type: FieldType, values: readonly unknown[]): void {
  if (values.length > MAX_CHOICES) {
    throw badFilter(
      `expected at most ${grouped(MAX_CHOICES)} values for ${shownValue(field)}, got ${grouped(values.length)}`,
    );
  }
  for (const value of values) checkValue(field, type, value);
}

/** @param of goes before the field's name. */
function checkValue(field: string, type: FieldType, value: unknown, of = ''): void {
  if (typeof value === 'string' && !isText(value)) {
    throw badFilter(
      `expected Unicode without NUL for ${of}${named(field, type)}, got another text`,
    );
  }
  if (isOf(type, value)) return;
  throw badFilter(
    `expected ${EXPECTED[type]} for ${of}${named(field, type)}, got ${shownValue(value)}`,
  );
}

function isOf(type: FieldType, value: unknown): boolean {
  switch (type) {
    case 'TEXT':
    case 'TEXTS':
      return typeof value === 'string';
    case 'DATE':
      return typeof value === 'string' && beginningOf(value) !== undefined;
    case 'NUMBER':
      return Number.isFinite(value);
    case 'BOOLEAN':
      return typeof value === 'boolean';
  }
}

const EXPECTED: Readonly<Record<FieldType, string>> = {
  TEXT: 'a text',
  TEXTS: 'a text',
  NUMBER: 'a finite number',
  BOOLEAN: 'true or false',
  DATE: 'a date like 2024, 2024-05, 2024-05-17 or 2024-05-17T10:30:00Z',
};

const named = (field: string, type: FieldType): string => `${shownValue(field)} (${type})`;

/** With their types. */
export function shownFields(fields: Fields): string {
  const shown = [...fields].slice(0, MAX_SHOWN).map(([field, type]) => named(field, type));
  if (shown.length === 0) return '(the collection has none)';
  return `${shown.join(', ')}${fields.size > MAX_SHOWN ? ', …' : ''}`;
}

export const badFilter = (message: string): ApiError => new ApiError('BAD_FILTER', message);
