import { ENSEMBLE_TEMPLATES } from '@clipql/core';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { dataUrl, exampleBytes, startApi, type TestApi } from '../../../testing/api.ts';

const ALPS = 'french-alpine-landscape.jpg';
const SHEEP = 'march-pastoral.jpg';
const LABELS = ['mountain', 'sheep', 'car'];

let api: TestApi;

beforeAll(async () => {
  api = await startApi();
});

afterAll(() => api.close());

afterEach(() => vi.restoreAllMocks());

const MANY = `query (
  $images: [ImageInput!]!, $labels: [String!]!, $templates: [String!], $preset: TemplatePreset, $mode: ClassifyMode,
  $topK: Int, $rejectBelow: Float, $rejectLabel: String, $model: String, $precision: Precision
) {
  classifyMany(
    images: $images, labels: $labels, templates: $templates, preset: $preset, mode: $mode,
    topK: $topK, rejectBelow: $rejectBelow, rejectLabel: $rejectLabel, model: $model, precision: $precision
  ) {
    __typename
    ... on Classification { label rejected best { label probability cosine } scores { label } image { width bytes } }
    ... on ImageError { index code message retryable }
  }
}`;

const sheep = { url: `/examples/${SHEEP}` };

const classifyMany = (more: object, images: readonly object[] = [sheep]) =>
  api.query(MANY, { images, labels: LABELS, ...more });

test('images are answered in their order, and one that fails leaves the others their answers', async () => {
  const alps = await exampleBytes(ALPS);
  const { status, data, errors } = await classifyMany({}, [
    { url: dataUrl(Buffer.from('no image'), 'image/png') },
    { base64: alps.toString('base64') },
    { base64: '%%%' },
    { url: `/examples/${SHEEP}` },
    { url: 'ftp://example.org/a.jpg' },
    { base64: alps.subarray(0, 1000).toString('base64') },
    { base64: dataUrl(alps) },
    { url: `http://${'x'.repeat(64)}.test/a.jpg` },
  ]);
  expect(errors).toEqual([]);
  expect(status).toBe(200);
  const outcomes = data.classifyMany;
  expect(outcomes.map((one: { __typename: string }) => one.__typename)).toEqual([
    'ImageError',
    'Classification',
    'ImageError',
    'Classification',
    'ImageError',
    'ImageError',
    'ImageError',
    'ImageError',
  ]);
  expect(outcomes[1]).toMatchObject({ label: 'mountain', image: { bytes: alps.length } });
  expect(outcomes[3]).toMatchObject({ label: 'sheep' });
  const failures = [0, 2, 4, 5, 6, 7].map((i) => outcomes[i]);
  expect(failures.map(({ index, code, retryable }) => [index, code, retryable])).toEqual([
    [0, 'IMAGE_UNSUPPORTED', false],
    [2, 'BAD_INPUT', false],
    [4, 'BAD_IMAGE_URL', false],
    [5, 'IMAGE_CORRUPT', false],
    [6, 'BAD_INPUT', false],
    [7, 'IMAGE_FETCH_FAILED', true],
  ]);
  expect(outcomes[6].message).toMatch(/got a data URL, which goes into `url`/);
});

test('an answer is the one that classify gives', async () => {
  const { data } = await api.query(`{
    classify(imageUrl: "/examples/${SHEEP}", labels: ["sheep", "car"], preset: ENSEMBLE) { scores { label probability } }
    classifyMany(images: [{ url: "/examples/${SHEEP}" }], labels: ["sheep", "car"], preset: ENSEMBLE) {
      ... on Classification { scores { label probability } }
    }
  }`);
  expect(data.classifyMany).toEqual([data.classify]);
  const [expected] = await api.model.clip.classify([await exampleBytes(SHEEP)], ['sheep', 'car'], {
    templates: ENSEMBLE_TEMPLATES,
  });
  expect(data.classify.scores[0].probability).toBeCloseTo(expected!.best.probability!, 6);
});

test('an unexpected error of one image is INTERNAL for it alone, logged and hidden', async () => {
  const failure = new Error('secret detail');
  const alps = await exampleBytes(ALPS);
  const grey = { width: 1, height: 1, pixels: { size: 48, data: new Float32Array(3 * 48 * 48) } };
  const failing = await startApi({
    inference: {
      startDecodeThread: ({ onImage, onFailure }) => ({
        decode: ({ length }) =>
          length === alps.length
            ? onFailure(failure)
            : onImage({ ...grey, decode: 1, preprocess: 1 }),
        end: () => {},
      }),
    },
  });
  const images = [{ url: `/examples/${ALPS}` }, sheep];
  const { data } = await failing.query(MANY, { images, labels: LABELS });
  expect(data.classifyMany[0]).toMatchObject({ index: 0, code: 'INTERNAL', retryable: false });
  expect(data.classifyMany[0].message).not.toContain('secret');
  expect(data.classifyMany[1]).toMatchObject({ __typename: 'Classification' });
  expect(failing.logged).toEqual([failure]);
  await failing.close();
});

test('no images give no answers', async () => {
  const { data, errors } = await classifyMany({}, []);
  expect([data, errors]).toEqual([{ classifyMany: [] }, []]);
});

test('topK leaves the best scores; below rejectBelow the label is rejectLabel, or none', async () => {
  const { data: top } = await classifyMany({ topK: 1 });
  expect(top.classifyMany[0].scores).toEqual([{ label: 'sheep' }]);
  const { data: kept } = await classifyMany({ rejectBelow: 0.5 });
  expect(kept.classifyMany[0]).toMatchObject({ label: 'sheep', rejected: false });
  const { data: named } = await classifyMany({
    labels: ['car', 'violin'],
    mode: 'COSINE',
    rejectBelow: 0.99,
    rejectLabel: 'something else',
  });
  expect(named.classifyMany[0]).toMatchObject({ label: 'something else', rejected: true });
  expect(['car', 'violin']).toContain(named.classifyMany[0].best.label);
  const { data: unnamed } = await classifyMany({ mode: 'COSINE', rejectBelow: 0.99 });
  expect(unnamed.classifyMany[0].label).toBe('none');
});

test.each([
  [{ rejectBelow: -0.5 }, 'BAD_INPUT', /a probability from 0 to 1/],
  [{ rejectBelow: 1.5, mode: 'COSINE' }, 'BAD_INPUT', /a cosine from -1 to 1/],
  [{ rejectLabel: 'other' }, 'BAD_INPUT', /rejectBelow/],
  [{ topK: 0 }, 'BAD_INPUT', /topK as at least 1, got 0/],
  [{ labels: [] }, 'BAD_INPUT', /at least 1 label/],
  [{ templates: ['{}'], preset: 'SINGLE' }, 'BAD_INPUT', /either templates or preset/],
  [{ model: 'another' }, 'UNKNOWN_MODEL', /expected a model that is served \(nano\)/],
  [{ precision: 'INT8' }, 'PRECISION_NOT_SERVED', /expected precision f32.*nano.*got int8/],
  [{ images: Array.from({ length: 65 }, () => sheep) }, 'TOO_MANY_IMAGES', /at most 64 images/],
])('%j fails as a whole, before any work', async (more, code, message) => {
  const encodeImages = vi.spyOn(api.model.clip, 'encodeImages');
  const { data, errors } = await classifyMany(more);
  // Too many are refused before anything runs.
  expect(data?.classifyMany ?? null).toBeNull();
  expect(errors).toHaveLength(1);
  expect(errors[0]).toMatchObject({
    message: expect.stringMatching(message),
    extensions: { code },
  });
  expect(encodeImages).not.toHaveBeenCalled();
});

test('the precision that the model is served in is taken', async () => {
  const { data } = await classifyMany({ precision: 'F32', model: 'nano' });
  expect(data.classifyMany[0].label).toBe('sheep');
});

test('images of several fields count together', async () => {
  const images = Array.from({ length: 33 }, () => '{ url: "/examples/march-pastoral.jpg" }').join();
  const field = `classifyMany(images: [${images}], labels: ["a"]) { __typename }`;
  const { errors } = await api.query(`{ a: ${field} b: ${field} }`);
  expect(errors[0]).toMatchObject({ extensions: { code: 'TOO_MANY_IMAGES' } });
});
