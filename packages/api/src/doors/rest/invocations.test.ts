import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { dataUrl, exampleBytes, startApi, type TestApi } from '../../testing/api.ts';

const ALPS = 'french-alpine-landscape.jpg';
const SHEEP = 'march-pastoral.jpg';
const CLASSES = ['car', 'sheep', 'mountain', 'violin', 'dog'];

let api: TestApi;
let alps: Buffer;
let sheep: Buffer;

beforeAll(async () => {
  alps = await exampleBytes(ALPS);
  sheep = await exampleBytes(SHEEP);
  api = await startApi();
});

afterAll(async () => {
  expect(api.logged).toEqual([]);
  await api.close();
});

afterEach(() => vi.restoreAllMocks());

const post = (body: string, headers: Record<string, string> = {}) =>
  api.fetch('/invocations', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });

const invoke = (images: unknown, classes: unknown = CLASSES) =>
  post(JSON.stringify({ images, classes }));

/** What a client of the contract takes: `[[indices], [labels], [probabilities]]` an image, no more. */
type Answer = [number[], string[], number[]][];

/** Reads an answer as such a client does, and refuses whatever deviates from the shape. */
async function readAnswer(response: Response, images: number, classes: readonly string[]) {
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/json');
  const text = await response.text();
  const answer = JSON.parse(text) as Answer;
  // No white space, no byte order mark, nothing before or behind.
  expect(text).toBe(JSON.stringify(answer));
  expect(answer).toHaveLength(images);
  for (const image of answer) {
    expect(image).toHaveLength(3);
    const [indices, labels, probabilities] = image;
    expect([labels.length, probabilities.length]).toEqual([indices.length, indices.length]);
    expect(labels).toEqual(indices.map((index) => classes[index]));
    expect(probabilities).toEqual(probabilities.toSorted((a, b) => b - a));
    for (const probability of probabilities) {
      expect(probability).toBeGreaterThanOrEqual(0);
      expect(probability).toBeLessThanOrEqual(1);
    }
  }
  return answer;
}

test('a header names the classes that were longer than the context', async () => {
  const short = await invoke([`/examples/${ALPS}`]);
  expect(short.headers.get('clipql-cut-classes')).toBeNull();
  const classes = ['car', 'a dog on a meadow '.repeat(40), 'sheep'];
  const cut = await invoke(['no image', `/examples/${ALPS}`], classes);
  expect(cut.headers.get('clipql-cut-classes')).toBe('1');
  expect(cut.headers.get('clipql-failed-images')).toBe('0=IMAGE_UNSUPPORTED');
  await readAnswer(cut, 2, classes);
});

test('each image gets its three best classes: places, names and probabilities of all classes', async () => {
  const images = [
    `/examples/${ALPS}`,
    sheep.toString('base64'),
    dataUrl(alps),
    `http://clipql.test/examples/${SHEEP}`,
  ];
  const answer = await readAnswer(await invoke(images), 4, CLASSES);
  expect(answer.map(([, [best]]) => best)).toEqual(['mountain', 'sheep', 'mountain', 'sheep']);
  expect(answer.map(([indices]) => indices.length)).toEqual([3, 3, 3, 3]);
  const [expected] = await api.model.clip.classify([alps], CLASSES);
  const byProbability = expected!.scores.toSorted((a, b) => b.probability! - a.probability!);
  answer[0]![2].forEach((probability, i) => {
    expect(probability).toBeCloseTo(byProbability[i]!.probability!, 6);
  });
});

test.each([1, 2, 3, 4])('of %i classes there are at most as many', async (n) => {
  const classes = CLASSES.slice(0, n);
  const [image] = await readAnswer(await invoke([`/examples/${ALPS}`], classes), 1, classes);
  expect(image![0]).toHaveLength(Math.min(3, n));
  if (n <= 3) expect(image![2].reduce((a, b) => a + b)).toBeCloseTo(1, 9);
});

test('classes of the same name keep their places', async () => {
  const classes = ['sheep', 'car', 'sheep'];
  const [image] = await readAnswer(await invoke([`/examples/${SHEEP}`], classes), 1, classes);
  expect(image![0]).toEqual([0, 2, 1]);
});

test('an image that fails has three empty lists, and a header says why', async () => {
  const images = [`/examples/${ALPS}`, 'not base64!', alps.subarray(0, 900).toString('base64')];
  const response = await invoke(images);
  expect(response.headers.get('clipql-failed-images')).toBe('1=BAD_INPUT, 2=IMAGE_CORRUPT');
  const answer = await readAnswer(response, 3, CLASSES);
  expect(answer[0]![1][0]).toBe('mountain');
  expect(answer.slice(1)).toEqual([
    [[], [], []],
    [[], [], []],
  ]);
});

test('when every image fails, the request fails with the first one’s error', async () => {
  const response = await invoke(['/examples/nothing.jpg', 'AAAA']);
  expect(response.status).toBe(422);
  expect(await response.json()).toMatchObject({
    errors: [{ extensions: { code: 'IMAGE_FETCH_FAILED' } }],
  });
});

test.each<[what: string, body: string, status: number, code: string, message?: RegExp]>([
  ['no JSON', '{', 400, 'BAD_REQUEST'],
  ['no object', '[]', 400, 'BAD_REQUEST'],
  ['no images', '{"classes":["a"]}', 400, 'BAD_INPUT'],
  ['an empty list of images', '{"images":[],"classes":["a"]}', 400, 'BAD_INPUT', /an empty list$/],
  ['an image that is no text', '{"images":[5],"classes":["a"]}', 400, 'BAD_INPUT'],
  ['no classes', '{"images":["AAAA"]}', 400, 'BAD_INPUT'],
  ['an empty class', '{"images":["AAAA"],"classes":[""]}', 400, 'BAD_INPUT'],
  [
    'too many classes',
    JSON.stringify({ images: ['AAAA'], classes: Array(1_001).fill('a') }),
    400,
    'TOO_MANY_LABELS',
  ],
  [
    'too many images',
    JSON.stringify({ images: Array(65).fill('AAAA'), classes: ['a'] }),
    400,
    'TOO_MANY_IMAGES',
  ],
  [
    'an unknown field',
    JSON.stringify({ images: [`/examples/${ALPS}`], classes: CLASSES, top_k: 5 }),
    400,
    'BAD_INPUT',
    /^unknown field "top_k"; there are images, classes, classifier$/,
  ],
])('a body with %s is refused with a code', async (_what, body, status, code, message = /./) => {
  const response = await post(body);
  expect(await response.json()).toMatchObject({
    errors: [{ message: expect.stringMatching(message), extensions: { code } }],
  });
  expect(response.status).toBe(status);
});

test('a body of more than 32 MiB is status 413', async () => {
  const response = await invoke(['A'.repeat(33 * 1024 * 1024)]);
  expect(response.status).toBe(413);
  expect(await response.json()).toMatchObject({
    errors: [{ extensions: { code: 'REQUEST_TOO_LARGE' } }],
  });
});

test('an unexpected error is status 500, logged and hidden', async () => {
  const failure = new Error('secret detail');
  vi.spyOn(api.model.clip, 'encodeTexts').mockRejectedValue(failure);
  const response = await invoke([`/examples/${ALPS}`], ['a class that no other test has']);
  expect(response.status).toBe(500);
  expect(await response.text()).not.toMatch(/secret/);
  expect(api.logged.splice(0)).toEqual([failure]);
});

test('a client that names no media type is answered; another site’s page is not', async () => {
  const body = JSON.stringify({ images: [`/examples/${SHEEP}`], classes: ['sheep'] });
  const untyped = await post(body, { 'content-type': 'application/x-www-form-urlencoded' });
  await readAnswer(untyped, 1, ['sheep']);
  const foreign = { 'content-type': 'text/plain', origin: 'http://elsewhere.example' };
  expect((await post(body, foreign)).status).toBe(403);
});

test('GET /ping is 200 with nothing in it, and 503 once the server ends; other methods are 405', async () => {
  const ready = await api.fetch('/ping');
  expect([ready.status, await ready.text()]).toEqual([200, '']);
  expect((await api.fetch('/ping', { method: 'HEAD' })).status).toBe(200);
  const wrong = await api.fetch('/invocations');
  expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST']);
  const ending = await startApi();
  ending.readiness.end();
  expect((await ending.fetch('/ping')).status).toBe(503);
  await ending.close();
});
