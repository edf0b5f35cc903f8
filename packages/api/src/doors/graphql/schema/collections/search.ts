import type { Relevance, Histogram as Scores } from '@clipql/core';
import type { Context } from '../../../../answers/context.ts';
import { countInputs } from '../../../../answers/embed-inputs.ts';
import { moreLike } from '../../../../answers/search/more-like.ts';
import { type SearchResult, search } from '../../../../answers/search/search.ts';
import type { Collection } from '../../../../collections/collection.ts';
import { SCANS } from '../../../../limits/collections.ts';
import { MAX_SEARCH_TERMS } from '../../../../limits/search.ts';
import { builder } from '../builder.ts';
import { priceOfLines } from '../text-price.ts';
import { type CollectionItem, Item } from './item.ts';
import { ItemFilter } from './item-filter.ts';
import { PAGE_ARGS, PageInfo, pageInfo, pageSize } from './page.ts';
import { choiceOf, EXACT, SearchInput, termsOf } from './search-input.ts';
import { sessionOf } from './session-of.ts';

type Hit = SearchResult['hits'][number];

interface SearchEdge extends CollectionItem {
  readonly hit: Hit;
}

interface FoundItems {
  readonly collection: Collection;
  readonly result: SearchResult;
}

const SearchEdge = builder.objectRef<SearchEdge>('SearchEdge').implement({
  description: 'A hit.',
  fields: (t) => ({
    cursor: t.string({
      description: 'The value of `after` to go on from here.',
      resolve: ({ hit }) => hit.cursor,
    }),
    node: t.field({ type: Item, description: 'The item.', resolve: (edge) => edge }),
    cosine: t.float({
      description: 'Cosine similarity of the item and the whole query, −1 to 1.',
      resolve: ({ hit }) => hit.cosine,
    }),
    relevance: t.float({
      description:
        'How likely the item is what was asked for, 0 to 1: comparable between queries, as cosines are not.',
      resolve: ({ hit }) => hit.relevance,
    }),
    score: t.float({
      description: 'What hits are ordered by, and `histogram` counts.',
      resolve: ({ hit }) => hit.score,
    }),
    shares: t.floatList({
      description:
        'For each term, its share of the score; negative where it counts against the item. The absolute values add up to 1.',
      price: { length: MAX_SEARCH_TERMS / 10 },
      resolve: ({ hit }) => [...hit.shares],
    }),
  }),
});

interface ScoreHistogram extends Scores {
  readonly relevance: Relevance;
}

const Histogram = builder.objectRef<ScoreHistogram>('Histogram').implement({
  description: 'How often each score occurs.',
  fields: (t) => ({
    from: t.exposeFloat('from', { description: 'Lower end of the first part.' }),
    to: t.exposeFloat('to', { description: 'Upper end of the last part.' }),
    counts: t.intList({
      description: 'Items in each of the parts, which are equally wide.',
      price: { length: 64 },
      resolve: ({ counts }) => [...counts],
    }),
    relevances: t.floatList({
      description:
        'Relevance of a score at the lower end of each part: `atLeast` takes it to draw the line there.',
      price: { length: 64 },
      resolve: ({ from, to, counts, relevance }) =>
        Array.from(counts, (_, i) => relevance.of(from + (i * (to - from)) / counts.length)),
    }),
  }),
});

const SearchTiming = builder.objectRef<SearchResult['timing']>('SearchTiming').implement({
  description: 'Milliseconds that a search took.',
  fields: (t) => ({
    embedding: t.exposeFloat('embedding', { description: 'To embed the terms.' }),
    filter: t.exposeFloat('filter', { description: 'To find the items that pass `where`.' }),
    scan: t.exposeFloat('scan', { description: 'To score all items.' }),
    total: t.exposeFloat('total', { description: 'In all.' }),
  }),
});

const SearchConnection = builder.objectRef<FoundItems>('SearchConnection').implement({
  description: 'What a search found.',
  fields: (t) => ({
    edges: t.field({
      type: [SearchEdge],
      description: 'The hits of this page.',
      price: (_args, { within }) => ({ length: within.page ?? 0 }),
      resolve: ({ collection, result }) =>
        result.hits.map((hit) => ({ collection, item: hit.item, hit })),
    }),
    pageInfo: t.field({
      type: PageInfo,
      description: 'Whether there are more.',
      resolve: ({ result: { hits, hasNext } }) => pageInfo({ edges: hits, hasNext }),
    }),
    total: t.int({
      description: 'Number of hits on all pages.',
      resolve: ({ result }) => result.total,
    }),
    exact: t.boolean({
      description: 'Whether the order is surely that of exact scores.',
      resolve: ({ result }) => result.exact,
    }),
    cut: t.float({
      nullable: true,
      description: 'The score from which items are hits; null if all are, or none.',
      resolve: ({ result: { cut } }) => (Number.isFinite(cut) ? cut : null),
    }),
    histogram: t.field({
      type: Histogram,
      nullable: true,
      description: 'Scores of all items that pass `where`; null if none does.',
      resolve: ({ result: { histogram, relevance } }) => histogram && { ...histogram, relevance },
    }),
    timing: t.field({
      type: SearchTiming,
      description: 'How long it took.',
      resolve: ({ result }) => result.timing,
    }),
    warnings: t.stringList({
      description: 'Warnings: one line for each text that was truncated.',
      price: priceOfLines(MAX_SEARCH_TERMS),
      resolve: ({ result }) => [...result.warnings],
    }),
  }),
});

const servicesOf = ({ collections: store, indexes }: Context) => ({ store, indexes });

builder.queryField('search', (t) =>
  t.field({
    type: SearchConnection,
    nullable: true,
    description:
      'Finds images of a collection by words, images, items and embeddings. By default only what is relevant is returned, which may be nothing.',
    args: {
      input: t.arg({ type: SearchInput, required: true, description: 'What to search for.' }),
      ...PAGE_ARGS,
    },
    price: ({ input: { terms, exact }, first }, { limits }) => ({
      ...countInputs(
        terms.filter(({ text, image }) => text != null || image != null),
        limits,
      ),
      scans: exact ? SCANS.exact : 1,
      holds: { page: pageSize(first) },
    }),
    resolve: async (_root, { input, first, after }, context) => {
      const collection = await context.collections.find(context.owner, input.collection);
      const result = await search(servicesOf(context), await sessionOf(context, collection), {
        ...choiceOf(input),
        collection,
        terms: termsOf(input),
        first: pageSize(first),
        after: after ?? undefined,
      });
      return { collection, result };
    },
  }),
);

builder.objectField(Item, 'moreLike', (t) =>
  t.field({
    type: SearchConnection,
    nullable: true,
    description: 'Items that are like this one, the most similar first.',
    args: {
      where: t.arg({ type: ItemFilter, description: 'Only items that pass.' }),
      exact: t.arg.boolean({ description: EXACT }),
      ...PAGE_ARGS,
    },
    price: ({ exact, first }) => ({
      scans: exact ? SCANS.exact : 1,
      holds: { page: pageSize(first) },
    }),
    resolve: async ({ collection, item }, { where, exact, first, after }, context) => {
      const session = await sessionOf(context, collection);
      const result = await moreLike(servicesOf(context), session, item.key, {
        ...choiceOf({ where, exact }),
        collection,
        relevance: 'ALL',
        first: pageSize(first),
        after: after ?? undefined,
      });
      return { collection, result };
    },
  }),
);
