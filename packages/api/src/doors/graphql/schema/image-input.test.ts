import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { exampleBytes, ORIGIN, startApi, type TestApi } from '../../../testing/api.ts';

let api: TestApi;
let sheep: Buffer;

beforeAll(async () => {
  sheep = await exampleBytes('march-pastoral.jpg');
  api = await startApi();
});

afterAll(async () => {
  expect(api.logged).toEqual([]);
  await api.close();
});

const CLASSIFY = `query ($image: ImageInput!) {
  classify(image: $image, labels: ["sheep", "car"]) { label image { bytes } }
}`;

const UPLOAD = { query: CLASSIFY, variables: { image: { upload: null } } };
const MAP = { file: ['variables.image.upload'] };

interface Parts {
  readonly operations?: unknown;
  readonly map?: unknown;
  readonly file?: Blob | string;
}

async function upload({ operations = UPLOAD, map = MAP, file }: Parts, headers = {}) {
  const body = new FormData();
  body.set('operations', typeof operations === 'string' ? operations : JSON.stringify(operations));
  body.set('map', typeof map === 'string' ? map : JSON.stringify(map));
  body.set('file', file ?? new Blob([new Uint8Array(sheep)]));
  const response = await api.fetch('/graphql', { method: 'POST', body, headers });
  return { status: response.status, answer: await response.json() };
}

test('an uploaded image is classified', async () => {
  const { status, answer } = await upload({});
  expect(answer).toEqual({
    data: { classify: { label: 'sheep', image: { bytes: sheep.length } } },
  });
  expect(status).toBe(200);
});

test('a file is not taken apart to look for texts', async () => {
  const entries = vi.spyOn(Object, 'entries');
  await upload({});
  const holders = entries.mock.calls.map(([holder]) => holder as unknown);
  entries.mockRestore();
  const isFile = (value: unknown) =>
    typeof value === 'object' && value !== null && 'arrayBuffer' in value;
  expect(holders.length).toBeGreaterThan(0);
  expect(holders.filter(isFile)).toEqual([]);
});

test('several uploads go into one query, one file into two places', async () => {
  const query = `query ($images: [ImageInput!]!) {
    classifyMany(images: $images, labels: ["sheep", "mountain"]) { ... on Classification { label } }
  }`;
  const images = [{ upload: null }, { upload: null }];
  const { answer } = await upload({
    operations: { query, variables: { images } },
    map: { file: ['variables.images.0.upload', 'variables.images.1.upload'] },
  });
  expect(answer.data.classifyMany).toEqual([{ label: 'sheep' }, { label: 'sheep' }]);
});

test('a file in 64 places is read once, and a text in base64 as well', async () => {
  const query = `query ($images: [ImageInput!]!) {
    classifyMany(images: $images, labels: ["sheep"]) { __typename }
  }`;
  const places = Array.from({ length: 64 }, (_, i) => i);
  const reads = vi.spyOn(Blob.prototype, 'arrayBuffer');
  const { answer } = await upload({
    operations: { query, variables: { images: places.map(() => ({ upload: null })) } },
    map: { file: places.map((i) => `variables.images.${i}.upload`) },
  });
  const read = reads.mock.calls.length;
  reads.mockRestore();
  expect(answer.data.classifyMany).toHaveLength(64);
  expect(read).toBe(1);

  const base64 = sheep.toString('base64');
  const decodes = vi.spyOn(globalThis, 'atob');
  const { data } = await api.query(query, { images: places.map(() => ({ base64 })) });
  const decoded = decodes.mock.calls.length;
  decodes.mockRestore();
  expect(data.classifyMany).toHaveLength(64);
  expect(decoded).toBe(1);
});

test.each<[string, Parts]>([
  ['operations that are no JSON', { operations: '{' }],
  ['operations that are a list', { operations: [UPLOAD] }],
  ['a map that is no object', { map: '5' }],
  ['a map without places', { map: { file: 5 } }],
  ['a part that is not there', { map: { other: ['variables.image.upload'] } }],
  ['a part that is a text', { file: 'text' }],
  ['a place that is not there', { map: { file: ['variables.images.4294967290.upload'] } }],
  ['a place that is not null', { map: { file: ['query'] } }],
  ['a place on a prototype', { map: { file: ['variables.__proto__.upload'] } }],
  [
    'a place that is a prototype',
    {
      operations: JSON.stringify(UPLOAD).replace('"upload"', '"__proto__"'),
      map: { file: ['variables.image.__proto__'] },
    },
  ],
])('%s is status 400 with a code', async (_what, parts) => {
  const { status, answer } = await upload(parts);
  expect(answer).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
  expect(status).toBe(400);
});

test('a form that is broken off is status 400 with a code', async () => {
  const response = await api.fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'multipart/form-data; boundary=x' },
    body: '--x\r\ncontent-disposition: form-data; name="operations"\r\n\r\n{',
  });
  expect(await response.json()).toMatchObject({
    errors: [{ extensions: { code: 'BAD_REQUEST' } }],
  });
  expect(response.status).toBe(400);
});

test('an upload of more than 20 MiB is IMAGE_TOO_LARGE, a request above 32 MiB status 413', async () => {
  const large = new Blob([new Uint8Array(20 * 1024 * 1024 + 1)]);
  const { answer } = await upload({ file: large });
  expect(answer.errors).toMatchObject([{ extensions: { code: 'IMAGE_TOO_LARGE' } }]);
  const { status } = await upload({ file: new Blob([new Uint8Array(33 * 1024 * 1024)]) });
  expect(status).toBe(413);
});

test('a page of another site cannot make a browser upload', async () => {
  for (const headers of [
    { origin: 'http://elsewhere.example' },
    { 'sec-fetch-site': 'cross-site' },
  ]) {
    const { status, answer } = await upload({}, headers);
    expect(status).toBe(403);
    expect(answer).toMatchObject({ errors: [{ extensions: { code: 'CROSS_SITE_REQUEST' } }] });
  }
  for (const headers of [{ origin: ORIGIN }, { 'sec-fetch-site': 'same-origin' }]) {
    expect((await upload({}, headers)).status).toBe(200);
  }
});

test('nor send a form or a text as a query', async () => {
  for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'application/graphql']) {
    const response = await api.fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': type, origin: 'null' },
      body: 'query={models{name}}',
    });
    expect(response.status).toBe(403);
  }
});

test.each([
  { arrayBuffer: {}, size: 5 },
  { arrayBuffer: null, size: 5, name: 'a.jpg', type: 'image/jpeg' },
  {},
  [],
  'cat.jpg',
])('JSON in the place of a file is BAD_INPUT: %j', async (file) => {
  const { errors } = await api.query(CLASSIFY, { image: { upload: file } });
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_INPUT' } }]);
});

test.each(['', ' \n', '===='])('base64 without a byte is BAD_INPUT: %j', async (base64) => {
  const { errors } = await api.query(CLASSIFY, { image: { base64 } });
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_INPUT' } }]);
  expect(errors[0]!.message).toContain('base64');
});

test.each([
  ['{ classify(image: "a.jpg", labels: ["a"]) { label } }', {}],
  [CLASSIFY, { image: 'https://example.org/a.jpg' }],
  [CLASSIFY, { image: `data:,${'a'.repeat(10_000)}` }],
  ['query ($u: String!) { classify(image: $u, labels: ["a"]) { label } }', { u: 'a.jpg' }],
])('a text in the place of an image is told of imageUrl: %s', async (query, variables) => {
  const { errors } = await api.query(query, variables);
  expect(errors).toHaveLength(1);
  expect(errors[0]!.message).toContain('classify takes a URL alone as imageUrl');
});

test('two ways to give an image, or none, are told', async () => {
  const two = await api.query(CLASSIFY, { image: { url: '/examples/a.jpg', base64: 'AAAA' } });
  expect(two.errors).toMatchObject([{ extensions: { code: 'BAD_INPUT' } }]);
  const both = await api.query(
    '{ classify(imageUrl: "/examples/a.jpg", image: { url: "/examples/a.jpg" }, labels: ["a"]) { label } }',
  );
  expect(both.errors[0]!.message).toBe('expected either imageUrl or image, got both');
  const none = await api.query('{ classify(labels: ["a"]) { label } }');
  expect(none.errors[0]!.message).toBe('expected either imageUrl or image, got neither');
});
