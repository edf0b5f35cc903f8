import type { Value } from '../../postgres/connection.ts';
import { checkFilter } from '../check-filter.ts';
import type { FieldType } from '../collection.ts';
import type { FieldRow } from '../collection-row.ts';
import { beginningOf } from '../dates.ts';
import type { FieldFilter, Filter } from '../filter.ts';
import { foldedName } from './comparable-metadata.ts';

/** A condition on rows of `items`, and the values of its parameters. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly Value[];
}

const COMPARED = { lt: '<', lte: '<=', gt: '>', gte: '>=' } as const;

/**
 * A filter as SQL. Fields are named by their numbers, and these and all values are parameters: nothing that a user
 * gave stands in the text.
 *
 * @param before how many parameters the statement has before those of the condition.
 * @throws ApiError BAD_FILTER.
 */
export function conditionOf(
  filter: Filter,
  fields: readonly FieldRow[],
  before: number,
): Condition {
  const byName = new Map(fields.map((field) => [field.name, field]));
  checkFilter(filter, new Map(fields.map(({ name, type }) => [name, type])));
  const values: Value[] = [];
  const bind = (value: Value): string => `$${before + values.push(value)}`;
  const write = (node: Filter): string => {
    if ('and' in node) return `(${node.and.map(write).join(' AND ')})`;
    if ('or' in node) return `(${node.or.map(write).join(' OR ')})`;
    if ('not' in node) return `NOT ${write(node.not)}`;
    // Of an item without the field nothing is known; a filter knows true and false.
    return `coalesce(${fieldSql(byName.get(node.field)!, node, bind)}, false)`;
  };
  return { sql: write(filter), values };
}

function fieldSql(
  { id, type }: FieldRow,
  { op, value }: FieldFilter,
  bind: (value: Value) => string,
): string {
  const field = () => `${bind(String(id))}::text`;
  const equal = (one: unknown) => JSON.stringify({ [id]: one });
  switch (op) {
    case 'exists':
      return value ? `comparable ? ${field()}` : `NOT comparable ? ${field()}`;
    case 'eq':
      return `comparable @> ${bind(equal(comparable(type, value)))}::jsonb`;
    case 'ne':
      return `comparable -> ${field()} <> ${bind(JSON.stringify(comparable(type, value)))}::jsonb`;
    case 'in':
      return `comparable @> ANY (${bind(value.map((one) => equal(comparable(type, one))))}::jsonb[])`;
    case 'contains':
      if (type === 'TEXTS') return `comparable @> ${bind(equal([value]))}::jsonb`;
      return `strpos(comparable ->> ${bind(foldedName(id))}::text, ${bind(String(value).toLowerCase())}) > 0`;
    default:
      if (type === 'TEXT') {
        return `(comparable ->> ${field()}) COLLATE "C" ${COMPARED[op]} ${bind(String(value))}`;
      }
      return `(comparable -> ${field()})::float8 ${COMPARED[op]} ${bind(comparable(type, value))}::float8`;
  }
}

function comparable(type: FieldType, value: FieldFilter['value']): string | number {
  if (typeof value === 'boolean') return Number(value);
  if (type === 'DATE') return beginningOf(String(value))!;
  return value as string | number;
}
