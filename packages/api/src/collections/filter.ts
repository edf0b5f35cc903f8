import type { MetadataValue } from './item.ts';

/** All but `exists` are false for an item without the field, `ne` too. */
export const COMPARISONS = ['eq', 'ne', 'lt', 'lte', 'gt', 'gte', 'in', 'contains'] as const;

/**
 * A condition on metadata. `contains` asks a TEXT for a part of it, in any case, and TEXTS for one of
 * its texts. A DATE is compared as an instant; a year, a month or a day stands for its beginning. `not` turns an answer round: of an item without the field, `not` `eq` is true.
 */
export type Filter =
  | { readonly and: readonly Filter[] }
  | { readonly or: readonly Filter[] }
  | { readonly not: Filter }
  | FieldFilter;

export type FieldFilter =
  | {
      readonly field: string;
      readonly op: Exclude<(typeof COMPARISONS)[number], 'in'>;
      readonly value: MetadataValue;
    }
  | {
      readonly field: string;
      readonly op: 'in';
      readonly value: readonly (string | number | boolean)[];
    }
  /** Whether an item has the field. */
  | { readonly field: string; readonly op: 'exists'; readonly value: boolean };
