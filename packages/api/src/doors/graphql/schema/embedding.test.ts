import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { exampleBytes, startApi, type TestApi } from '../../../testing/api.ts';

let api: TestApi;

beforeAll(async () => {
  api = await startApi();
});

afterAll(() => api.close());

afterEach(() => vi.restoreAllMocks());

const ALPS = '/examples/french-alpine-landscape.jpg';

const length = (values: readonly number[]) => Math.hypot(...values);

test('an image embedding is the library’s, of length 1 unless raw, from one encoding', async () => {
  const encodeImages = vi.spyOn(api.model.clip, 'encodeImages');
  const { data, errors } = await api.query(`{
    unit: embedImage(imageUrl: "${ALPS}") {
      values dimensions normalized model { name } image { width } timing { total textEncoding }
    }
    raw: embedImage(imageUrl: "${ALPS}", normalize: false) { values normalized }
  }`);
  expect(errors).toEqual([]);
  expect(encodeImages).toHaveBeenCalledTimes(1);
  const { unit, raw } = data;
  expect(unit).toMatchObject({
    dimensions: 128,
    normalized: true,
    model: { name: 'nano' },
    image: { width: 1024 },
  });
  expect(unit.timing.textEncoding).toBeNull();
  expect(raw.normalized).toBe(false);
  expect(length(unit.values)).toBeCloseTo(1, 6);

  const bytes = await exampleBytes('french-alpine-landscape.jpg');
  const [expected] = await api.model.clip.encodeImages([bytes]);
  const [expectedRaw] = await api.model.clip.encodeImages([bytes], { normalize: false });
  expect(Float32Array.from(raw.values)).toEqual(expectedRaw);
  unit.values.forEach((value: number, i: number) => {
    expect(value).toBeCloseTo(expected![i]!, 6);
  });
});

test('a text embedding is the library’s, of length 1 unless raw, from one encoding', async () => {
  const encodeTexts = vi.spyOn(api.model.clip, 'encodeTexts');
  const { data, errors } = await api.query(`{
    unit: embedText(text: "a photo of a dog.") { values dimensions normalized tokens truncated model { name } }
    raw: embedText(text: "a photo of a dog.", normalize: false) { values normalized }
  }`);
  expect(errors).toEqual([]);
  expect(encodeTexts).toHaveBeenCalledTimes(1);
  const { unit, raw } = data;
  const { ids } = api.model.clip.tokenize('a photo of a dog.');
  expect(unit).toMatchObject({
    dimensions: 128,
    normalized: true,
    tokens: ids.length,
    truncated: false,
  });
  expect(length(unit.values)).toBeCloseTo(1, 6);
  expect(raw.normalized).toBe(false);
  const [expected] = await api.model.clip.encodeTexts(['a photo of a dog.'], { normalize: false });
  expect(Float32Array.from(raw.values)).toEqual(expected);
});

test('a text longer than the context is embedded, and says that it was cut', async () => {
  const { data } = await api.query(
    'query ($text: String!) { embedText(text: $text) { tokens truncated } }',
    {
      text: 'a very long story '.repeat(100),
    },
  );
  expect(data.embedText).toEqual({ tokens: 77, truncated: true });
});

test('a text of more characters than allowed is BAD_INPUT', async () => {
  const { errors } = await api.query(
    'query ($text: String!) { embedText(text: $text) { tokens } }',
    {
      text: 'a'.repeat(8_193),
    },
  );
  expect(errors[0]!.extensions).toEqual({ code: 'BAD_INPUT' });
});

test('the models that are loaded tell what they are', async () => {
  const { data } = await api.query(`{ models {
    name parameters dimensions imageSize contextLength logitScale memoryBytes embedded note
    backend { name precision threads simd }
  } }`);
  const { info } = api.model.clip;
  expect(data.models).toEqual([
    {
      name: 'nano',
      parameters: info.parameters,
      dimensions: 128,
      imageSize: 48,
      contextLength: 77,
      logitScale: info.logitScale,
      memoryBytes: expect.any(Number),
      embedded: false,
      note: null,
      backend: { simd: null, ...info.backend },
    },
  ]);
});

test('an answer of the small model that comes with ClipQL says so, and how to get a better one', async () => {
  const small = await startApi({ served: [] });
  const { data } = await small.query(
    '{ classify(imageUrl: "/examples/march-pastoral.jpg", labels: ["sheep", "boat"]) { label model { name embedded note } } }',
  );
  await small.close();
  expect(data.classify).toEqual({
    label: 'sheep',
    model: {
      name: 'lite',
      embedded: true,
      note: expect.stringMatching(
        /small model .* --model laion\/CLIP-ViT-B-32-256x256-DataComp-s34B-b86K \(605 MB\).*`clipql models`/,
      ),
    },
  });
});
