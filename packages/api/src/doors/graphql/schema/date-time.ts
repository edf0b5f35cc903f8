import { builder } from './builder.ts';

builder.scalarType('DateTime', {
  description: 'A time in UTC, as `2026-01-31T12:00:00.000Z`.',
  specifiedByURL: 'https://scalars.graphql.org/andimarek/date-time.html',
  serialize: (value) => new Date(value).toISOString(),
  parseValue: () => {
    throw new TypeError('a time is only ever given back');
  },
});
