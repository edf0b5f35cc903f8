import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApi, type TestApi } from '../../testing/api.ts';

let api: TestApi;

beforeAll(async () => {
  api = await startApi();
});

afterAll(() => api.close());

const NANO = { id: 'nano', object: 'model', created: 0, owned_by: 'clipql' };

test('the served models are listed, and each can be looked up', async () => {
  const list = await api.fetch('/v1/models');
  expect(await list.json()).toEqual({ object: 'list', data: [NANO] });
  for (const id of ['nano', '%6eano']) {
    const response = await api.fetch(`/v1/models/${id}`);
    expect([response.status, await response.json()]).toEqual([200, NANO]);
  }
});

test.each([
  ['text-embedding-3-small', '"text-embedding-3-small"'],
  ['openai/clip-vit-base-patch32', '"openai/clip-vit-base-patch32"'],
  ['openai%2Fclip-vit-base-patch32', '"openai/clip-vit-base-patch32"'],
  ['nano/', '"nano/"'],
])('%s, which is not served, is status 404 in OpenAI’s form', async (id, shown) => {
  const response = await api.fetch(`/v1/models/${id}`);
  expect(response.status).toBe(404);
  expect(await response.json()).toEqual({
    error: {
      message: `expected a model that is served (nano), got ${shown}`,
      type: 'invalid_request_error',
      param: 'model',
      code: 'model_not_found',
    },
  });
});

test('a broken percent-encoding is status 404', async () => {
  const response = await api.fetch('/v1/models/%E0%A4%A');
  expect([response.status, await response.json()]).toMatchObject([
    404,
    { error: { code: 'NOT_FOUND' } },
  ]);
});
