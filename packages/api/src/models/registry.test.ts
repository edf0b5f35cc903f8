import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApi, type TestApi } from '../testing/api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

test.each([
  '{ embedText(text: "a", model: "gpt-5") { tokens } }',
  '{ embedImage(imageUrl: "/examples/march-pastoral.jpg", model: "gpt-5") { dimensions } }',
  '{ classify(imageUrl: "/examples/march-pastoral.jpg", labels: ["a"], model: "gpt-5") { label } }',
])('a model that is not served is refused, with the names of those that are: %s', async (query) => {
  const { errors } = await api.query(query);
  expect(errors).toMatchObject([
    {
      message: 'expected a model that is served (nano), got "gpt-5"',
      extensions: { code: 'UNKNOWN_MODEL' },
    },
  ]);
});

test('a model is asked for by its name, and the first is the one without', async () => {
  const { data, errors } = await api.query(
    '{ named: embedText(text: "a", model: "nano") { values model { name } } embedText(text: "a", model: null) { values } }',
  );
  expect(errors).toEqual([]);
  expect(data.named.model.name).toBe('nano');
  expect(data.named.values).toEqual(data.embedText.values);
});
