import { isEnumType } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ERROR_CODES } from '../../../errors/error-codes.ts';
import { startApi, type TestApi } from '../../../testing/api.ts';
import { schema } from './index.ts';

let api: TestApi;

beforeAll(async () => {
  api = await startApi({ settings: { maxImages: 3, maxDepth: 9, deadline: 12.5 } });
});

afterAll(() => api.close());

test('the limits are those of the server’s settings, and hold', async () => {
  const { data } = await api.query('{ limits { images depth deadlineSeconds batchedOperations } }');
  const limits = { images: 3, depth: 9, deadlineSeconds: 12.5, batchedOperations: 10 };
  expect(data).toEqual({ limits });
  const images = '{ image: { url: "data:," } }'.repeat(4);
  const { errors } = await api.query(`{ embed(inputs: [${images}]) { __typename } }`);
  expect(errors[0]?.extensions.code).toBe('TOO_MANY_IMAGES');
});

test('the codes of the schema are those of the table', () => {
  const type = schema.getType('ErrorCode');
  const names = isEnumType(type) ? type.getValues().map(({ name }) => name) : [];
  expect(names.sort()).toEqual([...ERROR_CODES].sort());
});
