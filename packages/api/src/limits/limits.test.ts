import { GraphQLID } from 'graphql';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startApi, type TestApi } from '../testing/api.ts';

const SHEEP = '/examples/march-pastoral.jpg';

let api: TestApi;

beforeAll(async () => {
  const settings = { maxImages: 2, maxLabels: 3, maxPrompts: 4, maxTextLength: 20 };
  api = await startApi({ settings });
});

afterAll(() => api.close());

const LONG = 'x'.repeat(21);

const QUERY = `query ($images: [ImageInput!]!, $labels: [String!]!, $templates: [String!]) {
  classifyMany(images: $images, labels: $labels, templates: $templates) { __typename }
}`;

const EMBED = 'query ($inputs: [EmbeddingInput!]!) { embed(inputs: $inputs) { __typename } }';

const ask = async (images: number, labels: readonly string[], templates = ['{}']) => {
  const variables = { images: Array(images).fill({ url: SHEEP }), labels, templates };
  const { errors } = await api.query(QUERY, variables);
  return errors.map(({ extensions, message }) => `${extensions.code}: ${message}`);
};

test('what one operation may ask for is what the settings say', async () => {
  expect(await ask(2, ['a', 'b', 'c'])).toEqual([]);
  expect(await ask(3, ['a'])).toEqual([
    'TOO_MANY_IMAGES: expected at most 2 images in one operation, got 3',
  ]);
  expect(await ask(1, ['a', 'b', 'c', 'd'])).toEqual([
    'TOO_MANY_LABELS: expected at most 3 labels, got 4',
  ]);
  expect(await ask(1, ['a', 'b', 'c'], ['{}', '{}.'])).toEqual([
    'TOO_MANY_PROMPTS: expected at most 4 prompts, got 6 (3 labels × 2 templates)',
  ]);
  expect(await ask(1, ['x'.repeat(20)])).toEqual([]);
  expect(await ask(1, [LONG])).toEqual([
    'BAD_INPUT: expected at most 20 characters in label 1, got 21',
  ]);
});

test('variables of more values than an operation can use are refused, wherever the values are', async () => {
  const keys = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`key${i}`, i]));
  const inputs = [{ text: 'a' }, { text: [[keys]] }];
  const { errors } = await api.query(EMBED, { inputs });
  expect(errors.map(({ message }) => message)).toEqual([
    'expected variables of at most 130 values, got 206 or more',
  ]);
});

test('of wrong variables the first is told, since each error quotes what it is in', async () => {
  const { errors } = await api.query(EMBED, { inputs: Array(4).fill({ label: 'a' }) });
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_INPUT' } }]);
  expect(errors[0]?.message).toContain('at "inputs[0]"');
});

test('a list in a fragment is read once, in however many places the fragment stands', async () => {
  const coerce = vi.spyOn(GraphQLID, 'parseLiteral');
  await api.query(`{ ${'...F '.repeat(50)} } fragment F on Query { nodes(ids: [1, 2, 3]) { id } }`);
  const { length } = coerce.mock.calls;
  coerce.mockRestore();
  expect(length).toBeGreaterThan(0);
  expect(length).toBeLessThan(20);
});

test('every door holds to them', async () => {
  const post = async (path: string, body: object) => {
    const headers = { 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    return (await api.fetch(path, init)).text();
  };
  expect(await post('/invocations', { images: [SHEEP, SHEEP, SHEEP], classes: ['a'] })).toContain(
    'at most 2 images',
  );
  expect(await post('/v1/embeddings', { model: 'nano', input: [LONG] })).toContain(
    'at most 20 characters',
  );
  const { errors } = await api.query(`{ embedText(text: "${LONG}") { tokens } }`);
  expect(errors[0]?.message).toContain('at most 20 characters');
});
