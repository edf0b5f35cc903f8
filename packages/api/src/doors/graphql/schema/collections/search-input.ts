import type { SearchRequest } from '../../../../answers/search/search-request.ts';
import { ApiError } from '../../../../errors/api-error.ts';
import { grouped } from '../../../../errors/grouped.ts';
import { MAX_SEARCH_TERMS } from '../../../../limits/search.ts';
import { builder } from '../builder.ts';
import { TEXT_LENGTH } from '../embedding-input.ts';
import { ImageInput } from '../image-input.ts';
import { filterOf, ItemFilter } from './item-filter.ts';
import { ItemOrder, orderOf } from './item-order.ts';

const EmbeddingKind = builder.enumType('EmbeddingKind', {
  description: 'What an embedding was made of. Images and texts lie apart in a model’s space.',
  values: {
    IMAGE: { value: 'image', description: 'An image.' },
    TEXT: { value: 'text', description: 'A text.' },
  } as const,
});

/** What `exact` means, wherever it can be asked for. */
export const EXACT =
  'Compares all items where the server would otherwise ask an index that may miss some, and estimate `total` and the histogram. Counts as 4 searches.';

const SearchTerm = builder.inputType('SearchTerm', {
  description: 'Part of a query: exactly one of `text`, `image`, `item` and `embedding`.',
  fields: (t) => ({
    weight: t.float({
      description: 'Relative to the other terms; below 0 for what is not wanted. Default: 1.',
    }),
    text: t.string({ description: `Words, used as they are. ${TEXT_LENGTH}.` }),
    image: t.field({ type: ImageInput, description: 'An image.' }),
    item: t.string({ description: 'The key of an item of the collection.' }),
    embedding: t.floatList({
      description: 'An embedding made elsewhere, by the collection’s model.',
    }),
    embeddingOf: t.field({
      type: EmbeddingKind,
      description: 'What `embedding` was made of. Default: IMAGE.',
    }),
  }),
});

const RelevanceInput = builder.inputType('RelevanceInput', {
  isOneOf: true,
  description: 'Which items are hits.',
  fields: (t) => ({
    atLeast: t.float({ description: 'Those of at least this relevance, above 0 and below 1.' }),
    all: t.boolean({ description: 'All of them, in order.' }),
    auto: t.boolean({ description: 'Those that are relevant, which may be none: the default.' }),
  }),
});

export const SearchInput = builder.inputType('SearchInput', {
  description: 'What to search for, and where.',
  fields: (t) => ({
    collection: t.string({ required: true, description: 'Name of the collection.' }),
    terms: t.field({
      type: [SearchTerm],
      required: true,
      description: `What is wanted, added up by weight: 1 to ${grouped(MAX_SEARCH_TERMS)} terms.`,
    }),
    where: t.field({ type: ItemFilter, description: 'Only items that pass.' }),
    relevance: t.field({ type: RelevanceInput, description: 'Which items are hits.' }),
    orderBy: t.field({ type: ItemOrder, description: 'Default: the most relevant first.' }),
    exact: t.boolean({ description: EXACT }),
  }),
});

/** How hits are chosen and ordered: what every search takes. */
export function choiceOf({
  where,
  relevance,
  orderBy,
  exact,
}: Pick<typeof SearchInput.$inferInput, 'where' | 'relevance' | 'orderBy' | 'exact'>): Pick<
  SearchRequest,
  'where' | 'relevance' | 'orderBy' | 'exact'
> {
  return {
    where: where ? filterOf(where) : undefined,
    relevance: relevanceOf(relevance),
    orderBy: orderBy ? orderOf(orderBy) : undefined,
    exact: exact ?? false,
  };
}

/** @throws ApiError BAD_INPUT for a choice that is not made. */
function relevanceOf(
  given: typeof RelevanceInput.$inferInput | null | undefined,
): SearchRequest['relevance'] {
  if (given?.atLeast != null) return { atLeast: given.atLeast };
  if (given?.all === false || given?.auto === false) {
    throw new ApiError('BAD_INPUT', 'expected true for the chosen relevance, got false');
  }
  return given?.all ? 'ALL' : 'AUTO';
}

/** @throws ApiError BAD_INPUT for what an embedding is of, without one. */
export const termsOf = ({ terms }: typeof SearchInput.$inferInput): SearchRequest['terms'] =>
  terms.map(({ embedding, embeddingOf, ...term }, i) => {
    if (embeddingOf != null && embedding == null) {
      const where = `beside \`embeddingOf\` in term ${i + 1}`;
      throw new ApiError('BAD_INPUT', `expected an \`embedding\` ${where}, got none`);
    }
    return {
      ...term,
      ...(embedding && { embedding: { values: embedding, kind: embeddingOf ?? undefined } }),
    };
  });
