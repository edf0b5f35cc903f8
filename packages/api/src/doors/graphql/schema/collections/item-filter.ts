import type { Filter } from '../../../../collections/filter.ts';
import { COMPARISONS } from '../../../../collections/filter.ts';
import type { MetadataValue } from '../../../../collections/item.ts';
import { ApiError } from '../../../../errors/api-error.ts';
import { builder } from '../builder.ts';
import './metadata.ts';

type Maybe<T> = T | null | undefined;

/** As clients write it. */
export interface ItemFilterInput {
  readonly and?: Maybe<readonly ItemFilterInput[]>;
  readonly or?: Maybe<readonly ItemFilterInput[]>;
  readonly not?: Maybe<ItemFilterInput>;
  readonly field?: Maybe<string>;
  readonly eq?: Maybe<MetadataValue>;
  readonly ne?: Maybe<MetadataValue>;
  readonly lt?: Maybe<MetadataValue>;
  readonly lte?: Maybe<MetadataValue>;
  readonly gt?: Maybe<MetadataValue>;
  readonly gte?: Maybe<MetadataValue>;
  readonly contains?: Maybe<MetadataValue>;
  readonly in?: Maybe<readonly MetadataValue[]>;
  readonly exists?: Maybe<boolean>;
}

export const ItemFilter = builder.inputRef<ItemFilterInput>('ItemFilter');

ItemFilter.implement({
  description:
    'A condition on metadata: `{ field: "year", gte: 2020 }`. If several parts are given, all have to hold. An item without the field passes `not` alone.',
  fields: (t) => ({
    and: t.field({ type: [ItemFilter], description: 'Conditions that all have to hold.' }),
    or: t.field({ type: [ItemFilter], description: 'Conditions of which one has to hold.' }),
    not: t.field({ type: ItemFilter, description: 'A condition that may not hold.' }),
    field: t.string({ description: 'Name of the metadata field that the rest is about.' }),
    eq: t.field({ type: 'MetadataValue', description: 'Equal to this.' }),
    ne: t.field({ type: 'MetadataValue', description: 'Another value than this.' }),
    lt: t.field({ type: 'MetadataValue', description: 'Less than this, or earlier.' }),
    lte: t.field({ type: 'MetadataValue', description: 'At most this.' }),
    gt: t.field({ type: 'MetadataValue', description: 'Greater than this, or later.' }),
    gte: t.field({ type: 'MetadataValue', description: 'At least this.' }),
    contains: t.field({
      type: 'MetadataValue',
      description: 'Of a text: this is a part of it, in any case. Of a list: this is one of them.',
    }),
    in: t.field({ type: ['MetadataValue'], description: 'One of these.' }),
    exists: t.boolean({ description: 'Whether the item has the field.' }),
  }),
});

const OPERATORS = [...COMPARISONS, 'exists'] as const;

/** @throws ApiError BAD_FILTER for a condition that says nothing. */
export function filterOf(input: ItemFilterInput): Filter {
  const conditions = conditionsOf(input);
  if (conditions.length === 1) return conditions[0]!;
  if (conditions.length > 1) return { and: conditions };
  throw new ApiError(
    'BAD_FILTER',
    'expected and, or, not, or a field with one of its conditions, got nothing',
  );
}

function conditionsOf(input: ItemFilterInput): readonly Filter[] {
  const { and, or, not, field } = input;
  const given = OPERATORS.filter((op) => input[op] != null);
  if (field == null && given.length > 0) {
    throw new ApiError('BAD_FILTER', `expected a field for ${given.join(', ')}, got none`);
  }
  if (field != null && given.length === 0) {
    throw new ApiError(
      'BAD_FILTER',
      `expected one of ${OPERATORS.join(', ')} for ${JSON.stringify(field)}, got none`,
    );
  }
  return [
    ...(and ? [{ and: and.map(filterOf) }] : []),
    ...(or ? [{ or: or.map(filterOf) }] : []),
    ...(not ? [{ not: filterOf(not) }] : []),
    // The store checks each value against its field's type.
    ...given.map((op) => ({ field: field!, op, value: input[op]! }) as Filter),
  ];
}
