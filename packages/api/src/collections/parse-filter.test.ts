import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FieldType } from './collection.ts';
import type { FieldFilter, Filter } from './filter.ts';
import { parseFilter } from './parse-filter.ts';

const FIELDS = new Map<string, FieldType>([
  ['year', 'NUMBER'],
  ['place', 'TEXT'],
  ['raw', 'BOOLEAN'],
  ['taken', 'DATE'],
  ['tags', 'TEXTS'],
  ["it's", 'TEXT'],
  ['not', 'TEXT'],
]);

const is = (field: string, op: FieldFilter['op'], value: unknown): Filter =>
  ({ field, op, value }) as Filter;

test.each([
  ['year > 2019', is('year', 'gt', 2019)],
  ['year>=-1.5e3', is('year', 'gte', -1500)],
  ['year = 1 AND year == 2', { and: [is('year', 'eq', 1), is('year', 'eq', 2)] }],
  ['place contains "Oslo"', is('place', 'contains', 'Oslo')],
  ["place != 'a \"b\" \\'c\\' \\\\'", is('place', 'ne', 'a "b" \'c\' \\')],
  ['place = 007', is('place', 'eq', '007')],
  ['place = true', is('place', 'eq', 'true')],
  ['place = "and"', is('place', 'eq', 'and')],
  ['raw = TRUE', is('raw', 'eq', true)],
  ['taken < 2024-05', is('taken', 'lt', '2024-05')],
  ['taken < 2024', is('taken', 'lt', '2024')],
  ['tags contains ice', is('tags', 'contains', 'ice')],
  ['year in (1, 2,3)', is('year', 'in', [1, 2, 3])],
  ['place in (Oslo, "New York")', is('place', 'in', ['Oslo', 'New York'])],
  ['place exists', is('place', 'exists', true)],
  ['not place exists', { not: is('place', 'exists', true) }],
  [`"it's" = x`, is("it's", 'eq', 'x')],
  [`"not" = x`, is('not', 'eq', 'x')],
  ['bildunterschrift = Æ', is('bildunterschrift', 'eq', 'Æ')],
  [
    'year > 2019 and not place contains "Oslo" or raw = true',
    {
      or: [
        { and: [is('year', 'gt', 2019), { not: is('place', 'contains', 'Oslo') }] },
        is('raw', 'eq', true),
      ],
    },
  ],
  [
    'not (year < 1 or (year > 2)) and raw = false',
    {
      and: [{ not: { or: [is('year', 'lt', 1), is('year', 'gt', 2)] } }, is('raw', 'eq', false)],
    },
  ],
] satisfies [string, Filter][])('%s', (text, filter) => {
  expect(parseFilter(text, FIELDS)).toEqual(filter);
});

test.each([
  ['', 'expected a field at character 1, got the end'],
  ['year', 'expected one of = != < <= > >= in contains exists at character 5, got the end'],
  ['year 2019', 'expected one of = != < <= > >= in contains exists at character 6, got "2019"'],
  ['year > ', 'expected a value at character 8, got the end'],
  ['year > and', 'expected a value at character 8, got "and"'],
  ['year "=" 1', 'in contains exists at character 6, got "="'],
  ['(year > 1', 'expected ) at character 10, got the end'],
  ['year > 1)', 'expected and, or, or the end at character 9, got ")"'],
  ['year in 1', 'expected ( after in at character 9, got "1"'],
  ['year in (1 2)', 'expected , or ) at character 12, got "2"'],
  ['place = "Oslo', 'expected an end of the quotes from character 9 on, got none'],
  ['year ! 1', 'got "!"'],
  [`${'('.repeat(10_000)}`, 'at most 32 levels'],
  [`${'not '.repeat(5_000)} raw exists`, 'at most 32 levels'],
  ['x'.repeat(40_000), 'at most 32,768 characters'],
])('%.40s is refused: %s', (text, message) => {
  expect(() => parseFilter(text, FIELDS)).toThrow(
    expect.objectContaining({ code: 'BAD_FILTER', message: expect.stringContaining(message) }),
  );
});

test('any field and any text in quotes come back as they are', () => {
  const inQuotes = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`;
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (field, value) => {
      const text = `${inQuotes(field)} contains ${inQuotes(value)}`;
      expect(parseFilter(text, FIELDS)).toEqual({ field, op: 'contains', value });
    }),
  );
});

test('any text is a filter or a clear error', () => {
  const piece = fc.constantFrom(
    ...['and', 'or', 'not', '(', ')', 'year', '>', '=', '!', '"', "'", '\\', '1', 'in', ',', ' '],
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      try {
        parseFilter(pieces.join(' '), FIELDS);
      } catch (error) {
        expect(error).toMatchObject({ code: 'BAD_FILTER' });
      }
    }),
  );
});
