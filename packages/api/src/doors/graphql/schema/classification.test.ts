import { webcrypto } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import {
  bytes,
  startWebServer,
  type WebServer,
} from '../../../../../core/src/testing/web-server.ts';
import {
  dataUrl,
  exampleBytes,
  metricOf,
  ORIGIN,
  startApi,
  type TestApi,
} from '../../../testing/api.ts';
import { holdImageTower, WAIT } from '../../../testing/held-tower.ts';

const ALPS = 'french-alpine-landscape.jpg';
const SHEEP = 'march-pastoral.jpg';
const LABELS = ['mountain', 'dog', 'car'];

let web: WebServer;
let api: TestApi;

beforeAll(async () => {
  web = await startWebServer({
    '/alps.jpg': bytes(await exampleBytes(ALPS)),
    '/page.html': bytes(Buffer.from('<!doctype html><p>no image'), 'text/html'),
  });
  // Without caches, so that each test sees what is computed.
  api = await startApi({ allowHosts: new Set([web.host]), inference: { cacheBytes: 0 } });
});

afterAll(async () => {
  await api.close();
  await web.close();
});

afterEach(() => vi.restoreAllMocks());

const CLASSIFY = `query ($imageUrl: String!, $labels: [String!]!, $templates: [String!], $mode: ClassifyMode) {
  classify(imageUrl: $imageUrl, labels: $labels, templates: $templates, mode: $mode) {
    label
    best { label probability cosine logit }
    scores { label probability cosine logit }
    model { name embedded logitScale }
    image { format width height bytes }
    timing { fetch decode preprocess imageEncoding textEncoding total }
    warnings
  }
}`;

const classify = (imageUrl: string, labels: readonly string[] = LABELS, more: object = {}) =>
  api.query(CLASSIFY, { imageUrl, labels, ...more });

test('an example is classified, with all that the answer rests on', async () => {
  const { status, data, errors } = await classify(`/examples/${ALPS}`);
  expect(errors).toEqual([]);
  expect(status).toBe(200);
  const { label, best, scores, model, image, timing, warnings } = data.classify;
  expect(label).toBe('mountain');
  expect(best).toEqual(scores[0]);
  expect(scores.map((score: { label: string }) => score.label).toSorted()).toEqual(
    LABELS.toSorted(),
  );
  expect(model).toMatchObject({ name: 'nano', embedded: false });
  expect(image).toEqual({ format: 'jpeg', width: 1024, height: 484, bytes: 237_223 });
  expect(warnings).toEqual([]);
  for (const stage of Object.values(timing)) expect(stage).toBeGreaterThanOrEqual(0);
  for (const { cosine, logit } of scores) expect(logit).toBeCloseTo(cosine * model.logitScale, 10);
});

test('the answer is that of the library, to 1e-6', async () => {
  const templates = ['a photo of a {}.', 'a drawing of a {}.'];
  const { data } = await classify(`/examples/${SHEEP}`, LABELS, { templates, mode: 'SIGMOID' });
  const options = { templates, mode: 'sigmoid' } as const;
  const [expected] = await api.model.clip.classify([await exampleBytes(SHEEP)], LABELS, options);
  for (const { label, cosine, logit, probability } of expected!.scores) {
    const score = data.classify.scores.find((one: { label: string }) => one.label === label);
    expect(score.cosine).toBeCloseTo(cosine, 6);
    expect(score.logit).toBeCloseTo(logit, 4);
    expect(score.probability).toBeCloseTo(probability!, 5);
  }
});

test('an image is the same by each way to name it', async () => {
  const addresses = [
    `/examples/${ALPS}`,
    `${ORIGIN}/examples/${ALPS}`,
    `${web.url}/alps.jpg`,
    dataUrl(await exampleBytes(ALPS)),
  ];
  const answers = await Promise.all(addresses.map((address) => classify(address)));
  for (const { data } of answers) {
    expect(data.classify.best).toEqual(answers[0]!.data.classify.best);
  }
});

test('scores come best first, as many as asked for', async () => {
  const { data } = await api.query(
    `{ classify(imageUrl: "/examples/${ALPS}", labels: ["dog", "car", "mountain"]) {
      all: scores { label cosine } two: scores(topK: 2) { label } more: scores(topK: 9) { label }
    } }`,
  );
  const { all, two, more } = data.classify;
  const cosines = all.map(({ cosine }: { cosine: number }) => cosine);
  expect(cosines).toEqual(cosines.toSorted((a: number, b: number) => b - a));
  expect(two).toEqual(all.slice(0, 2).map(({ label }: { label: string }) => ({ label })));
  expect(more).toHaveLength(3);
});

test('softmax probabilities sum to 1, cosine mode has none', async () => {
  const softmax = await classify(`/examples/${ALPS}`);
  const sum = softmax.data.classify.scores.reduce(
    (total: number, { probability }: { probability: number }) => total + probability,
    0,
  );
  expect(sum).toBeCloseTo(1, 10);
  const cosine = await classify(`/examples/${ALPS}`, LABELS, { mode: 'COSINE' });
  for (const { probability } of cosine.data.classify.scores) expect(probability).toBeNull();
});

test('a label longer than the context is answered, with a warning that it was cut', async () => {
  const long = `mountain ${'and a very long story '.repeat(40)}`;
  const { data, errors } = await classify(`/examples/${ALPS}`, [long, 'dog']);
  expect(errors).toEqual([]);
  expect(data.classify.warnings).toEqual([
    expect.stringMatching(
      /^label "mountain and a very .*…" was longer than the context of 77 tokens and was cut$/,
    ),
  ]);
});

test('a label that is given twice is scored twice, with a warning', async () => {
  const { data } = await classify(`/examples/${ALPS}`, ['dog', 'car', 'dog', 'dog']);
  expect(data.classify.scores).toHaveLength(4);
  expect(data.classify.warnings).toEqual([
    'label "dog" was given more than once, and is scored each time',
  ]);
});

test('the same image and labels under many names are encoded once', async () => {
  const encodeImages = vi.spyOn(api.model.clip, 'encodeImages');
  const encodeTexts = vi.spyOn(api.model.clip, 'encodeTexts');
  const field = `classify(imageUrl: "${web.url}/alps.jpg", labels: ["dog", "mountain"]) { label }`;
  const before = web.requests.length;
  const { data } = await api.query(`{ a: ${field} b: ${field} c: ${field} }`);
  expect(data).toEqual({
    a: { label: 'mountain' },
    b: { label: 'mountain' },
    c: { label: 'mountain' },
  });
  expect(encodeImages.mock.calls.map(([images]) => images.length)).toEqual([1]);
  expect(encodeTexts.mock.calls.map(([texts]) => texts.length)).toEqual([2]);
  expect(web.requests.length - before).toBe(1);
});

test('different images and labels of an operation go to the model once each', async () => {
  const hash = vi.spyOn(webcrypto.subtle, 'digest');
  const fetched = () => metricOf(api, 'clipql_stage_seconds_count{stage="fetch"}');
  const before = await fetched();
  const tower = holdImageTower(api);
  const encodeTexts = vi.spyOn(api.model.clip, 'encodeTexts');
  const answer = api.query(`{
    a: classify(imageUrl: "/examples/${ALPS}", labels: ["dog", "mountain"]) { label }
    b: classify(imageUrl: "/examples/${SHEEP}", labels: ["sheep", "dog"]) { label }
    c: embedImage(imageUrl: "/examples/nagasaki-boats.jpg", normalize: false) { dimensions }
    d: embedText(text: "a photo of a dog.") { dimensions }
    same: embedImage(imageUrl: "${web.url}/alps.jpg") { dimensions }
  }`);
  // The one from another server comes later than the others: it is to find them under way.
  await vi.waitFor(async () => expect(await fetched()).toBe(before + 4), WAIT);
  await Promise.all(hash.mock.results.map(({ value }) => value));
  await setImmediate();
  tower.open();
  const { data, errors } = await answer;
  expect(errors).toEqual([]);
  expect(data.a.label).toBe('mountain');
  expect(data.b.label).toBe('sheep');
  // The alps have two addresses; `a photo of a dog.` is a prompt of both classifications and a text.
  expect(tower.batches.reduce((sum, images) => sum + images, 0)).toBe(3);
  expect(encodeTexts.mock.calls.map(([texts]) => texts.length)).toEqual([3]);
});

test('an image that fails leaves its neighbours their embeddings', async () => {
  const { status, data, errors } = await api.query(`{
    good: embedImage(imageUrl: "/examples/${ALPS}") { dimensions }
    missing: embedImage(imageUrl: "${web.url}/missing.jpg") { dimensions }
    page: embedImage(imageUrl: "${web.url}/page.html") { dimensions }
  }`);
  expect(status).toBe(200);
  expect(data).toEqual({ good: { dimensions: 128 }, missing: null, page: null });
  expect(errors.map(({ path, extensions }) => [path, extensions.code]).toSorted()).toEqual([
    [['missing'], 'IMAGE_FETCH_FAILED'],
    [['page'], 'IMAGE_UNSUPPORTED'],
  ]);
});

test('a classification without its image is null, with an error', async () => {
  const { data, errors } = await api.query(`{
    missing: classify(imageUrl: "${web.url}/missing.jpg", labels: ["dog"]) { label }
  }`);
  expect(data).toEqual({ missing: null });
  expect(errors.map(({ path, extensions }) => [path, extensions.code])).toEqual([
    [['missing'], 'IMAGE_FETCH_FAILED'],
  ]);
});
