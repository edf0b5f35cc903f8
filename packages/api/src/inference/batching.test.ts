import { ClipError } from '@clipql/core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { dataUrl, metricOf, startApi, type TestApi } from '../testing/api.ts';
import { embedPicture, holdImageTower, WAIT } from '../testing/held-tower.ts';
import { picture } from '../testing/pictures.ts';

let api: TestApi;

beforeEach(async () => {
  api = await startApi();
});

afterEach(async () => {
  vi.restoreAllMocks();
  expect(api.logged).toEqual([]);
  await api.close();
});

const metric = (name: string) => metricOf(api, name);

/** Embeds so many pictures in one operation. */
const embedPictures = (count: number) =>
  api.query('query ($inputs: [EmbeddingInput!]!) { embed(inputs: $inputs) { __typename } }', {
    inputs: Array.from({ length: count }, (_, i) => ({
      image: { url: dataUrl(picture(i), 'image/png') },
    })),
  });

test('an idle model begins at once with one image, and a busy one gathers batches', async () => {
  const tower = holdImageTower(api);
  const first = embedPicture(api, 0);
  await tower.begun(1);
  const others = Array.from({ length: 19 }, (_, i) => embedPicture(api, i + 1));
  await vi.waitFor(
    async () => expect(await metric('clipql_stage_seconds_count{stage="decode"}')).toBe(20),
    WAIT,
  );
  tower.open();
  const answers = await Promise.all([first, ...others]);
  expect(tower.batches).toEqual([1, 8, 8, 3]);
  for (const { errors } of answers) expect(errors).toEqual([]);
  expect(await metric('clipql_batch_size_count{tower="image"}')).toBe(4);
  expect(await metric('clipql_batch_size_sum{tower="image"}')).toBe(20);
});

test('an image is in the next batch, however many images of another operation wait', async () => {
  const encode = api.model.clip.encodeImages.bind(api.model.clip);
  const passes: { readonly size: number; readonly end: () => void }[] = [];
  vi.spyOn(api.model.clip, 'encodeImages').mockImplementation(async (images, options) => {
    const { promise, resolve: end } = Promise.withResolvers<void>();
    passes.push({ size: images.length, end });
    await promise;
    return encode(images, options);
  });
  const passed = (count: number) => vi.waitFor(() => expect(passes).toHaveLength(count), WAIT);
  const decoded = (count: number) =>
    vi.waitFor(
      async () => expect(await metric('clipql_stage_seconds_count{stage="decode"}')).toBe(count),
      WAIT,
    );
  const many = embedPictures(64);
  await passed(1);
  // As many as may wait, beside those that the model has.
  await decoded(24);
  const single = embedPicture(api, 100);
  await decoded(25);
  passes[0]!.end();
  await passed(2);
  passes[1]!.end();
  expect((await single).errors).toEqual([]);
  expect(passes.length).toBeLessThanOrEqual(3);
  const timer = setInterval(() => passes.at(-1)!.end(), 1);
  expect((await many).errors).toEqual([]);
  clearInterval(timer);
});

test('an image gets in a batch what it gets alone', async () => {
  const tower = holdImageTower(api);
  // While the model is busy with it, the others gather.
  const busy = embedPicture(api, 100);
  await tower.begun(1);
  const requests = [0, 1, 2, 3].map((number) => embedPicture(api, number));
  await vi.waitFor(
    async () => expect(await metric('clipql_stage_seconds_count{stage="decode"}')).toBe(5),
    WAIT,
  );
  tower.open();
  await busy;
  const together = await Promise.all(requests);
  expect(tower.batches).toEqual([1, 4]);
  const other = await startApi();
  for (const [number, { data }] of together.entries()) {
    const alone = await embedPicture(other, number);
    expect(data.embedImage.values).toEqual(alone.data.embedImage.values);
  }
  await other.close();
});

test('an image that several requests bring while it is under way is computed once', async () => {
  const tower = holdImageTower(api);
  const requests = Array.from({ length: 5 }, () => embedPicture(api, 7));
  await tower.begun(1);
  tower.open();
  const [first, ...others] = await Promise.all(requests);
  for (const { data } of others) expect(data).toEqual(first!.data);
  expect(tower.batches).toEqual([1]);
});

test('a label that several requests bring while it is under way is computed once', async () => {
  const gate = Promise.withResolvers<void>();
  const encode = api.model.clip.encodeTexts.bind(api.model.clip);
  const spy = vi.spyOn(api.model.clip, 'encodeTexts').mockImplementation(async (...args) => {
    await gate.promise;
    return encode(...args);
  });
  const ask = () => api.query('{ embedText(text: "a photo of a dog.") { values } }');
  const requests = [ask(), ask(), ask()];
  await vi.waitFor(() => expect(spy).toHaveBeenCalled(), WAIT);
  gate.resolve();
  const [first, ...others] = await Promise.all(requests);
  for (const { data } of others) expect(data).toEqual(first!.data);
  expect(spy.mock.calls.flatMap(([texts]) => texts)).toHaveLength(1);
});

test.each([
  ['thread', 'WORKER_LOST'],
  ['GPU', 'GPU_LOST'],
] as const)('a batch whose %s is lost is run again, and nobody notices', async (what, code) => {
  const encode = api.model.clip.encodeImages.bind(api.model.clip);
  const spy = vi
    .spyOn(api.model.clip, 'encodeImages')
    .mockRejectedValueOnce(new ClipError(code, `a ${what} was lost`))
    .mockImplementation(encode);
  expect((await embedPicture(api, 1)).errors).toEqual([]);
  expect(spy).toHaveBeenCalledTimes(2);
});
