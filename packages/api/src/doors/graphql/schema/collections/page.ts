import { ApiError } from '../../../../errors/api-error.ts';
import { grouped } from '../../../../errors/grouped.ts';
import { MAX_PAGE } from '../../../../limits/answers.ts';
import { builder } from '../builder.ts';

/** Part of a list, in its order. */
export interface PageOf<Edge extends { readonly cursor: string }> {
  readonly edges: readonly Edge[];
  readonly hasNext: boolean;
}

/** How much of a list, and from where. */
export const PAGE_ARGS = builder.args((t) => ({
  first: t.int({
    defaultValue: 20,
    description: `How many to return, at most ${grouped(MAX_PAGE)}.`,
  }),
  after: t.string({ description: 'The cursor after which to go on; from the start by default.' }),
}));

/** @throws ApiError BAD_INPUT for none, or for more than a page holds. */
export function pageSize(first: number | null | undefined): number {
  const size = first ?? 20;
  if (size >= 1 && size <= MAX_PAGE) return size;
  throw new ApiError(
    'BAD_INPUT',
    `expected first from 1 to ${grouped(MAX_PAGE)}, got ${grouped(size)}`,
  );
}

export const PageInfo = builder.pageInfoRef();

/** A page's `pageInfo`: lists are read forward alone. */
export const pageInfo = ({ edges, hasNext }: PageOf<{ readonly cursor: string }>) => ({
  hasNextPage: hasNext,
  hasPreviousPage: false,
  startCursor: edges[0]?.cursor ?? null,
  endCursor: edges.at(-1)?.cursor ?? null,
});
