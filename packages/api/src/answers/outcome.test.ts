import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { ApiError } from '../errors/api-error.ts';
import { startApi, type TestApi } from '../testing/api.ts';

let api: TestApi;

beforeAll(async () => {
  api = await startApi();
});

afterAll(() => api.close());

afterEach(() => vi.restoreAllMocks());

/** Turns so many of the next images away. */
function turnAway(images: number): void {
  vi.restoreAllMocks();
  const { images: pipeline } = api.model.inference;
  const encode = pipeline.encode.bind(pipeline);
  let left = images;
  vi.spyOn(pipeline, 'encode').mockImplementation(async (sources, read, caller) => {
    const turned = sources
      .slice(0, left)
      .map(() => new ApiError('OVERLOADED', 'the server is busy', { retryAfter: 3 }));
    left -= turned.length;
    return [...turned, ...(await encode(sources.slice(turned.length), read, caller))];
  });
}

const CLASSIFY_TWO = `{
  classifyMany(
    images: [{ url: "/examples/march-pastoral.jpg" }, { url: "/examples/nagasaki-boats.jpg" }]
    labels: ["sheep", "boat"]
  ) {
    ... on Classification { label }
    ... on ImageError { index code retryable }
  }
}`;

const post = (path: string, body: object) =>
  api.fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

test('an image that finds the server busy may be asked again, and the others are answered', async () => {
  turnAway(1);
  const { status, data } = await api.query(CLASSIFY_TWO);
  expect(status).toBe(200);
  expect(data.classifyMany).toEqual([
    { index: 0, code: 'OVERLOADED', retryable: true },
    { label: expect.any(String) },
  ]);
});

test('when no image is let in, the answer is status 429 that says when to come back', async () => {
  turnAway(2);
  const response = await post('/graphql', { query: CLASSIFY_TWO });
  expect([response.status, response.headers.get('retry-after')]).toEqual([429, '3']);
  turnAway(1);
  const images = ['/examples/march-pastoral.jpg'];
  const invoked = await post('/invocations', { images, classes: ['sheep'] });
  expect([invoked.status, invoked.headers.get('retry-after')]).toEqual([429, '3']);
  turnAway(1);
  const embedded = await post('/v1/embeddings', { input: [{ image: images[0] }] });
  expect([embedded.status, embedded.headers.get('retry-after')]).toEqual([429, '3']);
});

test('the largest label set that is allowed is let in by an idle server', async () => {
  const { data, errors } = await api.query(
    `mutation ($labels: [String!]!) { createLabelSet(input: { name: "large", labels: $labels, preset: ENSEMBLE }) { labelSet { name } } }`,
    { labels: Array.from({ length: 1_000 }, (_, i) => `thing ${i}`) },
  );
  expect(errors).toEqual([]);
  expect(data.createLabelSet).toEqual({ labelSet: { name: 'large' } });
});
