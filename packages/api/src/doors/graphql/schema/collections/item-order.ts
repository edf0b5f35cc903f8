import type { Order } from '../../../../collections/store.ts';
import { ApiError } from '../../../../errors/api-error.ts';
import { builder } from '../builder.ts';

const ItemOrderBy = builder.enumType('ItemOrderBy', {
  description: 'What items are ordered by.',
  values: {
    KEY: { value: 'key', description: 'Their keys.' },
    INDEXED_AT: { value: 'indexedAt', description: 'When they were indexed.' },
  } as const,
});

export const ItemOrder = builder.inputType('ItemOrder', {
  description:
    'An order of items; equal ones are ordered by key, and those without a value come last.',
  fields: (t) => ({
    by: t.field({ type: ItemOrderBy, description: 'Default: by key, unless `field` is given.' }),
    field: t.string({ description: 'A metadata field to order by.' }),
    descending: t.boolean({ description: 'Whether the largest or latest comes first.' }),
  }),
});

/** @throws ApiError BAD_INPUT for two orders. */
export function orderOf({ by, field, descending }: typeof ItemOrder.$inferInput): Order {
  if (by != null && field != null) {
    throw new ApiError('BAD_INPUT', 'expected an order by one of `by` and `field`, got both');
  }
  return {
    by: field == null ? (by ?? 'key') : { field },
    descending: descending ?? false,
  };
}
