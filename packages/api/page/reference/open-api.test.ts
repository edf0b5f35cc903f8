import { expect, test } from 'vitest';
import { schemaRows, typeText } from './open-api.ts';

test('a schema is a row for each of its fields, of lists and alternatives too', () => {
  const data = {
    type: 'object',
    properties: {
      embedding: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'number' } }] },
    },
  };
  const schema = {
    type: 'object',
    required: ['data'],
    properties: {
      data: { type: 'array', items: data, description: 'One an input.' },
      kind: { enum: ['a', 'b'] },
    },
  };
  expect(schemaRows(schema)).toEqual([
    { path: 'data', type: 'object[]', isRequired: true, description: 'One an input.' },
    { path: 'data[].embedding', type: 'string | number[]', isRequired: false, description: '' },
    { path: 'kind', type: '"a" | "b"', isRequired: false, description: '' },
  ]);
});

test.each([
  [{}, 'any'],
  [{ const: 'list' }, '"list"'],
  [{ type: ['string', 'null'] }, 'string | null'],
  [
    { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'number' }] } },
    '(string | number)[]',
  ],
])('%j is of type %s', (schema, text) => {
  expect(typeText(schema)).toBe(text);
});
