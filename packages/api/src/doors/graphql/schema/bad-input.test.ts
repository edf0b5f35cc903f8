import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  bytes,
  startWebServer,
  type WebServer,
} from '../../../../../core/src/testing/web-server.ts';
import {
  type Answer,
  dataUrl,
  exampleBytes,
  startApi,
  type TestApi,
} from '../../../testing/api.ts';

let web: WebServer;
let api: TestApi;
let jpeg: Buffer;

beforeAll(async () => {
  jpeg = await exampleBytes('march-pastoral.jpg');
  web = await startWebServer({
    '/text.jpg': bytes(Buffer.from('this is no image, whatever its header says')),
    '/cut.jpg': bytes(jpeg.subarray(0, 100_000)),
  });
  api = await startApi({ allowHosts: new Set([web.host]) });
});

afterAll(async () => {
  expect(api.logged).toEqual([]);
  await api.close();
  await web.close();
});

const CLASSIFY = `query ($imageUrl: String!, $labels: [String!]!, $templates: [String!]) {
  classify(imageUrl: $imageUrl, labels: $labels, templates: $templates) { label }
}`;

interface Arguments {
  readonly imageUrl?: string;
  readonly labels?: readonly string[];
  readonly templates?: readonly string[];
}

const classify = ({
  imageUrl = '/examples/march-pastoral.jpg',
  labels = ['a', 'b'],
  ...more
}: Arguments) => api.query(CLASSIFY, { imageUrl, labels, ...more });

/** One error with this code, in one line that matches. */
function expectError({ status, data, errors }: Answer, code: string, message: RegExp): void {
  expect(errors).toEqual([
    expect.objectContaining({ message: expect.stringMatching(message), extensions: { code } }),
  ]);
  expect(errors[0]!.message).not.toMatch(/[\r\n]/);
  // An operation that asks for too much is refused before it runs.
  const ran = !code.startsWith('TOO_MANY_');
  expect(status).toBe(ran ? 200 : 400);
  expect(data).toEqual(ran ? { classify: null } : undefined);
}

test('text that is no image', async () => {
  expectError(
    await classify({ imageUrl: `${web.url}/text.jpg` }),
    'IMAGE_UNSUPPORTED',
    /PNG|JPEG/i,
  );
  const inline = dataUrl(Buffer.from('hello'), 'image/png');
  expectError(await classify({ imageUrl: inline }), 'IMAGE_UNSUPPORTED', /PNG|JPEG/i);
});

test('a truncated JPEG', async () => {
  expectError(await classify({ imageUrl: `${web.url}/cut.jpg` }), 'IMAGE_CORRUPT', /./);
  const inline = dataUrl(jpeg.subarray(0, 1000));
  expectError(await classify({ imageUrl: inline }), 'IMAGE_CORRUPT', /./);
});

test('an unknown host', async () => {
  // A name that is longer than names can be is unknown without a network too.
  const answer = await classify({ imageUrl: `http://${'x'.repeat(64)}.test/a.jpg` });
  expectError(answer, 'IMAGE_FETCH_FAILED', /the host is unknown/);
});

test('a 404', async () => {
  const answer = await classify({ imageUrl: `${web.url}/missing.jpg` });
  expectError(answer, 'IMAGE_FETCH_FAILED', /HTTP status 404/);
});

test('a private host', async () => {
  const answer = await classify({ imageUrl: `http://localhost:${web.port}/text.jpg` });
  expectError(answer, 'HOST_NOT_ALLOWED', /--allow-hosts localhost:\d+ opens it/);
});

test.each([
  '',
  'cat.jpg',
  '/etc/passwd',
  'file:///etc/passwd',
  'ftp://example.org/a.jpg',
  '//x/examples/a',
])('%j as an address', async (imageUrl) => {
  expectError(await classify({ imageUrl }), 'BAD_IMAGE_URL', /expected an http, https or data URL/);
});

test.each([
  '/examples/',
  '/examples/nothing.jpg',
  '/examples/../package.json',
  '/examples/..%2f..%2fpackage.json',
  '/examples/README.md',
  'http://clipql.test/examples/nothing.jpg',
])('%s as an example', async (imageUrl) => {
  expectError(await classify({ imageUrl }), 'IMAGE_FETCH_FAILED', /one of the examples/);
});

test('no labels', async () => {
  expectError(await classify({ labels: [] }), 'BAD_INPUT', /expected at least 1 label, got none/);
});

test('10,000 labels', async () => {
  const labels = Array.from({ length: 10_000 }, (_, i) => `thing ${i}`);
  expectError(
    await classify({ labels }),
    'TOO_MANY_LABELS',
    /^expected at most 1,000 labels, got 10,000$/,
  );
});

test.each(['', '  \n'])('the empty label %j', async (label) => {
  expectError(await classify({ labels: ['a', label] }), 'BAD_INPUT', /label 2, got an empty one/);
});

test('a label of more characters than allowed', async () => {
  const labels = ['a'.repeat(8_193)];
  expectError(
    await classify({ labels }),
    'BAD_INPUT',
    /at most 8,192 characters in label 1, got 8,193/,
  );
});

test('templates: none, one without a place for the label, too many with the labels', async () => {
  expectError(await classify({ templates: [] }), 'BAD_INPUT', /at least 1 template/);
  expectError(
    await classify({ templates: ['a photo'] }),
    'BAD_INPUT',
    /expected a template with \{\}/,
  );
  const labels = Array.from({ length: 1_000 }, (_, i) => `${i}`);
  const templates = Array.from({ length: 8 }, (_, i) => `{} ${i}`);
  expectError(
    await classify({ labels, templates }),
    'TOO_MANY_PROMPTS',
    /at most 7,000 prompts, got 8,000/,
  );
});

test('a template that repeats a long label more often than allowed', async () => {
  const answer = await classify({ labels: ['a'.repeat(8_000)], templates: ['{}{}{}'] });
  expectError(answer, 'BAD_INPUT', /at most 16,384 characters in a label with its template/);
});

test('topK below 1', async () => {
  const { data, errors } = await api.query(
    '{ classify(imageUrl: "/examples/march-pastoral.jpg", labels: ["a"]) { scores(topK: 0) { label } } }',
  );
  expect(data).toEqual({ classify: null });
  expect(errors[0]!.extensions).toEqual({ code: 'BAD_INPUT' });
});

test('65 images in one operation', async () => {
  const fields = Array.from(
    { length: 65 },
    (_, i) => `f${i}: embedImage(imageUrl: "/examples/march-pastoral.jpg") { dimensions }`,
  );
  const { errors } = await api.query(`{ ${fields.join('\n')} }`);
  expect(errors).toHaveLength(1);
  expect(errors[0]).toMatchObject({
    message: 'expected at most 64 images in one operation, got 65',
    extensions: { code: 'TOO_MANY_IMAGES' },
  });
  const { errors: none } = await api.query(`{ ${fields.slice(1).join('\n')} }`);
  expect(none).toEqual([]);
});

test('more prompts, or characters in them, than one operation may have', async () => {
  const operation = (fields: number, labels: number, length: number) => {
    const list = (field: number) =>
      Array.from({ length: labels }, (_, i) => `"${`${field}.${i} `.padEnd(length, 'x')}"`).join(
        ',',
      );
    const field = (i: number) =>
      `f${i}: classify(imageUrl: "/examples/march-pastoral.jpg", labels: [${list(i)}]) { label }`;
    return api.query(`{ ${Array.from({ length: fields }, (_, i) => field(i)).join('\n')} }`);
  };
  const many = await operation(8, 900, 1);
  expect(many.errors[0]).toMatchObject({
    message: expect.stringMatching(/at most 7,000 prompts, got 7,200/),
    extensions: { code: 'TOO_MANY_PROMPTS' },
  });
  const long = await operation(2, 65, 8_000);
  expect(long.errors[0]).toMatchObject({
    message: expect.stringMatching(/at most 1,000,000 characters/),
    extensions: { code: 'TOO_MANY_PROMPTS' },
  });
});

test('one failed classification leaves the other fields alone', async () => {
  const { data, errors } = await api.query(`{
    good: similarity(a: { text: "a" }, b: { text: "a" }) { cosine }
    bad: classify(imageUrl: "data:,", labels: ["a"]) { label }
    many: classifyMany(images: [{ url: "data:," }], labels: []) { __typename }
  }`);
  expect(data).toMatchObject({ good: { cosine: expect.closeTo(1, 5) }, bad: null, many: null });
  expect(errors.map(({ path }) => path).toSorted()).toEqual([['bad'], ['many']]);
});
