import { expect, test } from 'vitest';
import { formatAddress, parseAddress } from '../address.ts';
import { asGraphql } from '../copy/languages.ts';
import { documentOf, variablesOf } from '../server/operation.ts';
import {
  browseOperation,
  MAX_TERMS,
  type Query,
  readQuery,
  searchOperation,
  type Term,
  withTerm,
  writeQuery,
} from './query.ts';

const FIRST = readQuery(new URLSearchParams());
const term = (kind: Term['kind'], value: string, weight = 1): Term => ({ kind, value, weight });

const QUERIES: readonly Partial<Query>[] = [
  {},
  { collection: 'photos', duplicates: 'NEARLY_SAME' },
  { terms: [term('text', 'a boat: red & blue?'), term('item', 'a/b:c#.jpg', -0.5)], cut: 0.25 },
  { terms: [term('url', 'https://example.com/a.jpg?b=c&d=e#f'), term('text', '<i>\u202e\nעברית')] },
  { terms: [term('text', 'x'.repeat(8_000))], cut: 'all' },
  {
    conditions: [
      { field: 'year: "', operator: 'lt', value: 1900 },
      { field: 'by', operator: 'contains', value: 'Émile & co' },
      { field: 'mine', operator: 'exists', value: true },
    ],
  },
];

test.each(QUERIES)('the address keeps a query: %j', (change) => {
  const query = { ...FIRST, ...change };
  const read = parseAddress(formatAddress({ view: 'search', parameters: writeQuery(query) }));
  expect(readQuery(read.parameters)).toEqual(query);
});

test.each([
  'term=text:2:a',
  'term=text:x:a',
  'term=file:1:a',
  'term=text:1:',
  'where=year',
  'where=["year","drop",1]',
  'where=["year","lt",{}]',
  'where=7',
  'duplicates=ALL',
  'cut=0',
  'cut=1',
  'cut=NaN',
])('an address of %j gives the query to begin with', (parameters) => {
  expect(readQuery(new URLSearchParams(parameters))).toEqual(FIRST);
});

test('a term that is there already has its weight changed, and the newest terms stay', () => {
  const one = withTerm(FIRST, term('item', 'a'));
  expect(withTerm(one, term('item', 'a', -1)).terms).toEqual([term('item', 'a', -1)]);
  expect(withTerm(one, term('text', 'a')).terms).toHaveLength(2);
  const many = Array.from({ length: 40 }, (_, i) => term('text', String(i)));
  const { terms } = many.reduce(withTerm, FIRST);
  expect([terms.length, terms.at(-1)!.value]).toEqual([MAX_TERMS, '39']);
});

test('what is like a picture is ordered, unless a line has been drawn', () => {
  expect(withTerm(FIRST, term('text', 'a')).cut).toBe('auto');
  expect(withTerm(FIRST, term('item', 'a')).cut).toBe('all');
  expect(withTerm({ ...FIRST, cut: 0.3 }, term('url', 'a')).cut).toBe(0.3);
  const automatic: Query = { ...withTerm(FIRST, term('item', 'a')), cut: 'auto' };
  expect(withTerm(automatic, term('item', 'a', 0.5)).cut).toBe('auto');
});

test('what a query asks for is what stands in it, and 1 is no weight to speak of', () => {
  const operation = searchOperation(
    {
      collection: 'photos',
      terms: [term('text', 'sheep'), term('item', 'k', -0.5), term('url', '/examples/a.jpg', 0.5)],
      conditions: [
        { field: 'year', operator: 'gte', value: 1880 },
        { field: 'by', operator: 'eq', value: 'Beato' },
      ],
      cut: 0.4,
    },
    20,
    'c',
  );
  expect(variablesOf(operation)).toEqual({
    input: {
      collection: 'photos',
      terms: [
        { text: 'sheep' },
        { item: 'k', weight: -0.5 },
        { image: { url: '/examples/a.jpg' }, weight: 0.5 },
      ],
      where: {
        and: [
          { field: 'year', gte: 1880 },
          { field: 'by', eq: 'Beato' },
        ],
      },
      relevance: { atLeast: 0.4 },
    },
    first: 20,
    after: 'c',
  });
});

test('a collection is browsed with variables, or with what they stand for', () => {
  const conditions = [{ field: 'by', operator: 'eq', value: '$first "`\\' } as const];
  const operation = browseOperation({ ...FIRST, collection: 'photos', conditions }, 20);
  expect(documentOf(operation)).toContain(
    'query Items($name: String!, $where: ItemFilter, $first: Int) {\n  collection(name: $name) { itemCount items(where: $where, first: $first) {',
  );
  expect(asGraphql(operation)).toContain(
    'items(where: { field: "by", eq: "$first \\"`\\\\" }, first: 20) {',
  );
});
