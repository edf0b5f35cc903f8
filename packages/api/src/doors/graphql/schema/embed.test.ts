import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { exampleBytes, startApi, type TestApi } from '../../../testing/api.ts';

const ALPS = '/examples/french-alpine-landscape.jpg';
const SHEEP = '/examples/march-pastoral.jpg';

let api: TestApi;

beforeAll(async () => {
  api = await startApi();
});

afterAll(async () => {
  expect(api.logged).toEqual([]);
  await api.close();
});

afterEach(() => vi.restoreAllMocks());

const EMBED = `query ($inputs: [EmbeddingInput!]!, $encoding: EmbeddingEncoding, $normalize: Boolean) {
  embed(inputs: $inputs, encoding: $encoding, normalize: $normalize) {
    __typename
    ... on Embedding { index values data scale dimensions normalized tokens truncated image { width } model { name } }
    ... on InputError { index code message retryable }
  }
}`;

const DOG = { text: 'a photo of a dog.' };
const INPUTS = [{ image: { url: ALPS } }, DOG];

async function embed(variables: object) {
  const { data, errors } = await api.query(EMBED, { inputs: INPUTS, ...variables });
  return { outcomes: data?.embed, errors };
}

async function ofLibrary(normalize = true): Promise<readonly Float32Array[]> {
  const bytes = await exampleBytes('french-alpine-landscape.jpg');
  const [image] = await api.model.clip.encodeImages([bytes], { normalize });
  const [text] = await api.model.clip.encodeTexts([DOG.text], { normalize });
  return [image!, text!];
}

/** Largest difference of two vectors. */
const distance = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));

test('images and texts are embedded as the library does, from one forward pass a tower', async () => {
  const encodeImages = vi.spyOn(api.model.clip, 'encodeImages');
  const encodeTexts = vi.spyOn(api.model.clip, 'encodeTexts');
  const { outcomes, errors } = await embed({});
  expect(errors).toEqual([]);
  expect([encodeImages.mock.calls.length, encodeTexts.mock.calls.length]).toEqual([1, 1]);
  const [image, text] = outcomes;
  const common = { dimensions: 128, normalized: true, truncated: false, model: { name: 'nano' } };
  const noBytes = { data: null, scale: null };
  expect(image).toMatchObject({ ...common, ...noBytes, index: 0, image: { width: 1024 } });
  expect(image.tokens).toBeNull();
  expect(text).toMatchObject({ ...common, ...noBytes, index: 1, image: null });
  expect(text.tokens).toBe(api.model.clip.tokenize(DOG.text).ids.length);
  const [expectedImage, expectedText] = await ofLibrary();
  expect(distance(image.values, expectedImage!)).toBeLessThan(1e-6);
  expect(distance(text.values, expectedText!)).toBeLessThan(1e-6);
});

test('BASE64 is the float32 values, as they are without normalising too', async () => {
  const { outcomes } = await embed({ encoding: 'BASE64', normalize: false });
  const expected = await ofLibrary(false);
  outcomes.forEach((outcome: { data: string; values: null; normalized: boolean }, i: number) => {
    const bytes = Buffer.from(outcome.data, 'base64');
    const values = Array.from({ length: 128 }, (_, v) => bytes.readFloatLE(4 * v));
    expect(bytes).toHaveLength(512);
    expect(Float32Array.from(values)).toEqual(expected[i]);
    expect([outcome.values, outcome.normalized]).toEqual([null, false]);
  });
});

test('INT8 times its scale is the value, to half a step', async () => {
  const { outcomes } = await embed({ encoding: 'INT8' });
  const expected = await ofLibrary();
  outcomes.forEach(({ data, scale }: { data: string; scale: number }, i: number) => {
    const values = new Int8Array(Buffer.from(data, 'base64'));
    expect(values).toHaveLength(128);
    expect(Math.max(...values.map(Math.abs))).toBe(127);
    const restored = Array.from(values, (value) => value * scale);
    expect(distance(restored, expected[i]!)).toBeLessThanOrEqual(scale / 2 + 1e-6);
  });
});

test('BINARY has a bit for each sign, the highest first', async () => {
  const { outcomes } = await embed({ encoding: 'BINARY' });
  const expected = await ofLibrary();
  outcomes.forEach(({ data }: { data: string }, i: number) => {
    const bits = [...Buffer.from(data, 'base64')]
      .map((byte) => byte.toString(2).padStart(8, '0'))
      .join('');
    expect(bits).toBe(Array.from(expected[i]!, (value) => (value > 0 ? '1' : '0')).join(''));
  });
});

test('an input that fails leaves the others their embeddings', async () => {
  const { outcomes, errors } = await embed({
    inputs: [
      { image: { url: '/examples/nothing.jpg' } },
      DOG,
      { text: 'a'.repeat(8_193) },
      { image: { base64: 'AAAA' } },
    ],
  });
  expect(errors).toEqual([]);
  expect(outcomes).toMatchObject([
    { __typename: 'ImageError', index: 0, code: 'IMAGE_FETCH_FAILED', retryable: false },
    { __typename: 'Embedding', index: 1 },
    { __typename: 'TextError', index: 2, code: 'BAD_INPUT', retryable: false },
    { __typename: 'ImageError', index: 3, code: 'IMAGE_UNSUPPORTED', retryable: false },
  ]);
});

test('more images, or more texts, than one operation may have fail as a whole', async () => {
  const images = Array.from({ length: 65 }, () => ({ image: { url: ALPS } }));
  const many = await embed({ inputs: images });
  expect(many.outcomes).toBeUndefined();
  expect(many.errors).toMatchObject([{ extensions: { code: 'TOO_MANY_IMAGES' } }]);
  const texts = Array.from({ length: 7_001 }, (_, i) => ({ text: `${i}` }));
  const more = await embed({ inputs: texts });
  expect(more.outcomes).toBeUndefined();
  expect(more.errors).toMatchObject([{ extensions: { code: 'TOO_MANY_PROMPTS' } }]);
});

test('similarity is the cosine of two embeddings, of either kind', async () => {
  const { data, errors } = await api.query(`{
    same: similarity(a: { image: { url: "${ALPS}" } }, b: { image: { url: "${ALPS}" } }) { cosine }
    mixed: similarity(a: { image: { url: "${ALPS}" } }, b: { text: "${DOG.text}" }) { cosine model { name } }
    bad: similarity(a: { text: "a" }, b: { image: { url: "" } }) { cosine }
  }`);
  const [image, text] = await ofLibrary();
  const cosine = image!.reduce((sum, value, i) => sum + value * text![i]!, 0);
  expect(data.same.cosine).toBeCloseTo(1, 6);
  expect(data.same.cosine).toBeLessThanOrEqual(1);
  expect(data.mixed.cosine).toBeCloseTo(cosine, 6);
  expect(data.mixed.model).toEqual({ name: 'nano' });
  expect(data.bad).toBeNull();
  expect(errors).toMatchObject([{ path: ['bad'], extensions: { code: 'BAD_IMAGE_URL' } }]);
});

const RANK = `query ($query: EmbeddingInput!, $candidates: [EmbeddingInput!]!, $topK: Int) {
  rank(query: $query, candidates: $candidates, topK: $topK) {
    ranked { index cosine } errors { __typename index code } model { name }
  }
}`;

test('images are ranked for a text, and those that fail are listed apart', async () => {
  const candidates = [
    { image: { url: '/examples/nothing.jpg' } },
    { image: { url: ALPS } },
    { text: 'x'.repeat(8_193) },
    { image: { url: SHEEP } },
  ];
  const query = { text: 'a photo of a sheep.' };
  const { data, errors } = await api.query(RANK, { query, candidates });
  expect(errors).toEqual([]);
  expect(data.rank.ranked.map(({ index }: { index: number }) => index)).toEqual([3, 1]);
  expect(data.rank.ranked[0].cosine).toBeGreaterThan(data.rank.ranked[1].cosine);
  expect(data.rank.errors).toEqual([
    { __typename: 'ImageError', index: 0, code: 'IMAGE_FETCH_FAILED' },
    { __typename: 'TextError', index: 2, code: 'BAD_INPUT' },
  ]);
  const { data: top } = await api.query(RANK, { query, candidates, topK: 1 });
  expect(top.rank.ranked.map(({ index }: { index: number }) => index)).toEqual([3]);
});

test('rank and similarity warn of each text that was cut', async () => {
  const long = 'a dog on a meadow '.repeat(40);
  const candidates = [{ text: 'a cat' }, { text: long }, { image: { url: SHEEP } }];
  const { data, errors } = await api.query(
    `query ($long: EmbeddingInput!, $candidates: [EmbeddingInput!]!) {
      rank(query: $long, candidates: $candidates) { warnings }
      short: rank(query: { text: "a" }, candidates: [{ text: "b" }]) { warnings }
      similarity(a: { text: "a" }, b: $long) { warnings }
    }`,
    { long: { text: long }, candidates },
  );
  expect(errors).toEqual([]);
  const start = JSON.stringify(`${long.slice(0, 59)}…`);
  const cut = `${start} was longer than the context of 77 tokens and was cut`;
  expect(data).toEqual({
    rank: { warnings: [`the query ${cut}`, `candidate 1 ${cut}`] },
    short: { warnings: [] },
    similarity: { warnings: [`b ${cut}`] },
  });
});

test('equals are ranked in their order, and a query that fails is an error', async () => {
  const candidates = [{ text: 'a cat' }, DOG, { text: 'a cat' }];
  const { data } = await api.query(RANK, { query: { text: 'a cat' }, candidates });
  expect(data.rank.ranked.map(({ index }: { index: number }) => index)).toEqual([0, 2, 1]);
  const bad = await api.query(RANK, { query: { image: { url: '' } }, candidates });
  expect(bad.data).toEqual({ rank: null });
  expect(bad.errors).toMatchObject([{ extensions: { code: 'BAD_IMAGE_URL' } }]);
  const none = await api.query(RANK, { query: DOG, candidates, topK: 0 });
  expect(none.errors).toMatchObject([{ extensions: { code: 'BAD_INPUT' } }]);
});

test('a long list keeps its order, and a failure its place', async () => {
  const inputs = Array.from({ length: 400 }, (_, i) => ({
    text: i === 200 ? 'x'.repeat(8_193) : `${i % 9}`,
  }));
  const { outcomes, errors } = await embed({ inputs, encoding: 'BINARY' });
  expect(errors).toEqual([]);
  expect(outcomes.map(({ index }: { index: number }) => index)).toEqual([...inputs.keys()]);
  expect(outcomes[200]).toMatchObject({ __typename: 'TextError', code: 'BAD_INPUT' });
  expect(outcomes[399].data).toBe(outcomes[3].data);
  expect(outcomes[399].data).not.toBe(outcomes[4].data);
});
