import { decodeImage } from '@clipql/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writePng } from '../../../../../core/src/image/testing/png-writer.ts';
import { dataUrl, exampleBytes, startApi, type TestApi } from '../../../testing/api.ts';
import { LITE, NANO } from '../../../testing/models.ts';

let api: TestApi;
/** A picture of sheep at the left, and a flower at the right. */
let both: string;

beforeAll(async () => {
  api = await startApi({ served: [NANO, LITE] });
  const [sheep, flower] = await Promise.all(
    ['march-pastoral.jpg', 'allium-oreophilum.jpg'].map(async (file) =>
      decodeImage(new Uint8Array(await exampleBytes(file))),
    ),
  );
  const side = 448;
  const pixel = (x: number, y: number) => {
    const { width, height, channels, data } = x < side / 2 ? sheep! : flower!;
    const scale = Math.min(width, height) / side;
    const column = Math.floor(width / 2 + ((x % (side / 2)) - side / 4) * scale);
    const row = Math.floor(height / 2 + (y - side / 2) * scale);
    const at = channels * (row * width + column);
    return [...data.subarray(at, at + 3)];
  };
  const png = writePng({ width: side, height: side, colourType: 2, bitDepth: 8, pixel });
  both = dataUrl(png, 'image/png');
});

afterAll(() => api.close());

const QUERY = `query ($image: ImageInput!, $label: String!, $labels: [String!], $model: String) {
  occlusionMap(image: $image, label: $label, labels: $labels, model: $model) {
    label probability rows columns evidence region { left top width height } image { width height } warnings
  }
  classify(image: $image, labels: $labels, model: $model) { scores { label probability } }
}`;

const LABELS = ['airplane', 'flower', 'canyon', 'house', 'mountain', 'sheep', 'boat'];

const ask = (url: string, label: string, more: object = { labels: LABELS }) =>
  api.query(QUERY, { image: { url }, label, ...more });

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

/** Mean evidence of the columns at the left, and of those at the right. */
const halves = (evidence: readonly number[]) => ({
  left: mean(evidence.filter((_, i) => i % 7 < 3)),
  right: mean(evidence.filter((_, i) => i % 7 > 3)),
});

test('of two things in a picture, each is found on its side', async () => {
  const { data, errors } = await ask(both, 'flower', { labels: LABELS, model: 'lite' });
  expect(errors).toEqual([]);
  const { evidence, rows, columns } = data.occlusionMap;
  expect([rows, columns, evidence.length]).toEqual([7, 7, 49]);
  const flower = halves(evidence);
  expect(flower.right).toBeGreaterThan(flower.left + 0.5);
  expect(evidence.indexOf(Math.max(...evidence)) % 7).toBeGreaterThan(3);
  const sheep = halves(
    (await ask(both, 'sheep', { labels: LABELS, model: 'lite' })).data.occlusionMap.evidence,
  );
  expect(sheep.left).toBeGreaterThan(sheep.right + 0.5);
});

test('the whole picture has the probability that classifying it gives', async () => {
  const { data } = await ask('/examples/march-pastoral.jpg', 'sheep');
  const { probability, region, image } = data.occlusionMap;
  expect(probability).toBeCloseTo(data.classify.scores[0].probability, 6);
  // The model sees a square from the middle.
  expect(region.height).toBe(1);
  expect(region.width).toBeCloseTo(image.height / image.width, 2);
  expect(2 * region.left + region.width).toBeCloseTo(1, 2);
});

test('a label alone has evidence too, and a label that is none of them has not', async () => {
  const alone = await ask(both, 'flower', { labels: ['flower'] });
  const { evidence } = alone.data.occlusionMap;
  expect(new Set(evidence).size).toBeGreaterThan(40);
  expect(evidence.every(Number.isFinite)).toBe(true);
  const { data, errors } = await ask(both, 'cat');
  expect(data.occlusionMap).toBeNull();
  expect(errors[0]).toMatchObject({
    message: 'expected label as one of the labels, got "cat"',
    extensions: { code: 'BAD_INPUT' },
  });
});

test('it counts as 50 images, beside others of the operation', async () => {
  const map = (alias: string) =>
    `${alias}: occlusionMap(image: { url: "/examples/march-pastoral.jpg" }, label: "a", labels: ["a", "b"]) { rows }`;
  const two = await api.query(`{ ${map('a')} ${map('b')} }`);
  expect(two.errors[0]).toMatchObject({
    message: 'expected at most 64 images in one operation, got 100',
    extensions: { code: 'TOO_MANY_IMAGES' },
  });
  const many = `m: classifyMany(images: [${'{ url: "/examples/none.jpg" } '.repeat(15)}], labels: ["a"]) { __typename }`;
  const mixed = await api.query(`{ ${map('a')} ${many} }`);
  expect(mixed.errors[0]!.message).toBe('expected at most 64 images in one operation, got 65');
});

test('an image that cannot be read is an error, as everywhere', async () => {
  const { data, errors } = await ask('/examples/none.jpg', 'sheep');
  expect(data).toMatchObject({ occlusionMap: null, classify: null });
  expect(errors.map(({ extensions }) => extensions.code)).toEqual([
    'IMAGE_FETCH_FAILED',
    'IMAGE_FETCH_FAILED',
  ]);
});
