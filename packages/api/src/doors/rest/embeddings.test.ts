import { afterAll, beforeAll, expect, test } from 'vitest';
import { dataUrl, exampleBytes, startApi, type TestApi } from '../../testing/api.ts';

const ALPS = '/examples/french-alpine-landscape.jpg';

let api: TestApi;
let alps: Buffer;

beforeAll(async () => {
  alps = await exampleBytes('french-alpine-landscape.jpg');
  api = await startApi();
});

afterAll(async () => {
  expect(api.logged).toEqual([]);
  await api.close();
});

async function post(body: object) {
  const response = await api.fetch('/v1/embeddings', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer sk-anything' },
    body: JSON.stringify(body),
  });
  expect(response.headers.get('content-type')).toBe('application/json');
  const cut = response.headers.get('clipql-cut-inputs');
  return { status: response.status, answer: await response.json(), cut };
}

function expectClose(embedding: readonly number[], expected: Float32Array): void {
  const differences = embedding.map((value, i) => Math.abs(value - expected[i]!));
  expect(Math.max(...differences)).toBeLessThan(1e-6);
}

const embeddingOf = async (text: string) => (await api.model.clip.encodeTexts([text]))[0]!;

test('a text is answered in OpenAI’s form', async () => {
  const { status, answer } = await post({ model: 'nano', input: 'a photo of a dog.' });
  expect(status).toBe(200);
  const [{ embedding }] = answer.data;
  const tokens = api.model.clip.tokenize('a photo of a dog.').ids.length;
  expect(answer).toEqual({
    object: 'list',
    data: [{ object: 'embedding', index: 0, embedding }],
    model: 'nano',
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  });
  const expected = await embeddingOf('a photo of a dog.');
  expect(embedding).toHaveLength(128);
  expectClose(embedding, expected);
});

test.each(['float', 'base64'])('7,000 texts are answered, as %s', async (encoding_format) => {
  const input = Array.from({ length: 7_000 }, (_, i) => `text ${i % 7}`);
  const { status, answer } = await post({ input, encoding_format });
  const few = await post({ input: input.slice(0, 7), encoding_format });
  expect(status).toBe(200);
  expect(answer.data).toEqual(
    input.map((_, index) => ({ ...few.answer.data[index % 7], object: 'embedding', index })),
  );
  expect(answer.usage.prompt_tokens).toBe(1_000 * few.answer.usage.prompt_tokens);
});

test('a header names the texts that were longer than the context, up to a hundred', async () => {
  const long = 'a dog on a meadow '.repeat(40);
  const short = await post({ input: ['a cat', { image: ALPS }] });
  expect(short.cut).toBeNull();
  const some = await post({ input: [long, 'a cat', { image: ALPS }, { text: long }] });
  expect(some).toMatchObject({ status: 200, cut: '0, 3' });
  const many = await post({ input: Array.from({ length: 101 }, () => long) });
  expect(many.cut).toMatch(/^0, 1, .*, 99, \.\.\.$/);
});

test('base64 is the same in little-endian float32', async () => {
  const input = ['a cat', 'a dog', 'a cat'];
  const { answer } = await post({ input, encoding_format: 'base64', dimensions: 128, user: 'x' });
  const { answer: floats } = await post({ input, encoding_format: 'float' });
  answer.data.forEach(({ embedding, index }: { embedding: string; index: number }) => {
    const bytes = Buffer.from(embedding, 'base64');
    const values = Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i));
    expect(values).toEqual(floats.data[index].embedding);
  });
  expect(answer.data.map(({ index }: { index: number }) => index)).toEqual([0, 1, 2]);
  expect(answer.usage.total_tokens).toBe(
    input.reduce((sum, text) => sum + api.model.clip.tokenize(text).ids.length, 0),
  );
});

test('images are inputs too: by URL, in base64, as parts of a chat message', async () => {
  const [expected] = await api.model.clip.encodeImages([alps]);
  const { answer } = await post({
    input: [
      { image: ALPS },
      { image: alps.toString('base64') },
      { type: 'image_url', image_url: { url: dataUrl(alps) } },
      { type: 'image_url', image_url: ALPS },
      { text: 'a cat' },
      { type: 'text', text: 'a cat' },
    ],
  });
  for (const { embedding } of answer.data.slice(0, 4)) {
    expectClose(embedding, expected!);
  }
  expect(answer.data[4].embedding).toEqual(answer.data[5].embedding);
  expect(answer.usage.total_tokens).toBe(2 * api.model.clip.tokenize('a cat').ids.length);
  const { answer: alone } = await post({ input: { image: ALPS } });
  expect(alone.data[0].embedding).toEqual(answer.data[0].embedding);
});

test('modality says that texts are images, as infinity has it', async () => {
  const { answer: expected } = await post({ input: [{ image: ALPS }, { text: ALPS }] });
  const images = await post({ input: [ALPS, dataUrl(alps), { text: ALPS }], modality: 'image' });
  const embeddings = images.answer.data.map(({ embedding }: { embedding: number[] }) => embedding);
  const [image, text] = expected.data;
  expect(embeddings[0]).toEqual(image.embedding);
  expectClose(embeddings[1], image.embedding);
  expect(embeddings[2]).toEqual(text.embedding);
  const { answer: alone } = await post({ input: ALPS, modality: 'image' });
  expect(alone.data[0].embedding).toEqual(image.embedding);
  const { answer: texts } = await post({ input: [ALPS], modality: 'text' });
  expect(texts.data[0].embedding).toEqual(text.embedding);
});

test('an unknown field is refused by its name', async () => {
  for (const name of ['truncate', 'imput', '__proto__', 'task_type']) {
    const body = JSON.parse(`{"input": "a", "user": {"id": 5}, ${JSON.stringify(name)}: true}`);
    const { status, answer } = await post(body);
    const { code, message } = answer.error;
    expect([status, code, message.split(';')[0]]).toEqual([
      400,
      'BAD_INPUT',
      `unknown field "${name}"`,
    ]);
  }
});

test.each([
  [
    { image: ALPS, text: 'a cat' },
    'expected text, image or image_url in input[1], got image and text',
  ],
  [{ type: 'text' }, 'expected text, image or image_url in input[1], got none'],
  [
    { image: ALPS, detail: 'low' },
    'unknown field "detail" in input[1]; there are text, image, image_url, type',
  ],
])('an input with fields that would be passed over is refused: %j', async (item, message) => {
  const { status, answer } = await post({ input: ['a cat', item] });
  expect([status, answer.error.code, answer.error.message]).toEqual([400, 'BAD_INPUT', message]);
});

test.each([
  [
    'an unknown model',
    { input: 'a', model: 'text-embedding-3-small' },
    404,
    'model_not_found',
    null,
  ],
  ['no input', {}, 400, 'BAD_INPUT', null],
  ['an empty list', { input: [] }, 400, 'BAD_INPUT', null],
  ['tokens', { input: [[1, 2, 3]] }, 400, 'BAD_INPUT', null],
  ['another format', { input: 'a', encoding_format: 'int8' }, 400, 'BAD_INPUT', null],
  ['another modality', { input: 'a', modality: 'audio' }, 400, 'BAD_INPUT', null],
  ['other dimensions', { input: 'a', dimensions: 64 }, 400, 'BAD_INPUT', null],
  ['a text too long', { input: ['a', 'b'.repeat(8_193)] }, 400, 'BAD_INPUT', 'input[1]'],
  [
    'bytes that are not an image',
    { input: ['a', { image: 'AAAA' }] },
    422,
    'IMAGE_UNSUPPORTED',
    'input[1]',
  ],
  ['too many images', { input: Array(65).fill({ image: ALPS }) }, 400, 'TOO_MANY_IMAGES', null],
  [
    'too many texts',
    { input: Array.from({ length: 7_001 }, (_, i) => `${i}`) },
    400,
    'TOO_MANY_PROMPTS',
    null,
  ],
])('%s is an error of OpenAI’s form', async (_what, body, expectedStatus, code, param) => {
  const { status, answer } = await post(body);
  expect(answer).toEqual({
    error: { message: expect.any(String), type: 'invalid_request_error', param, code },
  });
  expect(status).toBe(expectedStatus);
});

test('what is refused before this door has OpenAI’s form too: its clients read no other', async () => {
  const error = (code: string) => ({
    error: { message: expect.any(String), type: 'invalid_request_error', param: null, code },
  });
  const get = await api.fetch('/v1/embeddings');
  expect([get.status, await get.json()]).toEqual([405, error('BAD_REQUEST')]);
  const files = await api.fetch('/v1/files');
  expect([files.status, await files.json()]).toEqual([404, error('NOT_FOUND')]);
  const length = String(2 ** 30);
  const large = { method: 'POST', headers: { 'content-length': length }, body: '{}' };
  const refused = await api.fetch('/v1/embeddings', large);
  expect([refused.status, await refused.json()]).toEqual([413, error('REQUEST_TOO_LARGE')]);
});

test('equal texts count each time, however many there are', async () => {
  for (const count of [7_001, 30_000]) {
    const { status, answer } = await post({ input: Array(count).fill('a') });
    expect([status, answer.error.code]).toEqual([400, 'TOO_MANY_PROMPTS']);
  }
});
