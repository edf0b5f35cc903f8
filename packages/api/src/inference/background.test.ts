import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startApi, type TestApi } from '../testing/api.ts';
import { embedPicture, type HeldTower, holdImageTower, WAIT } from '../testing/held-tower.ts';
import { picture } from '../testing/pictures.ts';
import { untilIdle } from '../threads/busy-signal.ts';
import { backgroundAccount } from './admission.ts';
import type { EncodedImage } from './encoded.ts';

const BATCH = 2;
const PLACES = 3;

let api: TestApi;
let tower: HeldTower;

beforeEach(async () => {
  api = await startApi({ inference: { maxBatch: BATCH, queue: PLACES } });
  tower = holdImageTower(api);
});

afterEach(async () => {
  tower.open();
  vi.restoreAllMocks();
  expect(api.logged).toEqual([]);
  await api.close();
});

const account = backgroundAccount('job');

const encodeInBackground = (number: number): Promise<readonly (EncodedImage | Error)[]> =>
  api.model.inference.images.encode(
    [{ bytes: picture(number) }],
    () => Promise.reject(new Error('nothing to read')),
    { signal: new AbortController().signal, account },
  );

test('background work takes no room in the queue: callers are let in behind any amount of it', async () => {
  const background = Array.from({ length: 20 }, (_, i) => encodeInBackground(i));
  await tower.begun(1);
  const answers = Array.from({ length: BATCH + PLACES }, (_, i) => embedPicture(api, 1_000 + i));
  tower.open();
  for (const { errors } of await Promise.all(answers)) expect(errors).toEqual([]);
  const done = (await Promise.all(background)).flat();
  expect(done.filter((one) => one instanceof Error)).toEqual([]);
});

test('a thread that gives way waits while a forward pass is under way, or as long as it may', async () => {
  const answer = embedPicture(api, 0);
  await tower.begun(1);
  let isIdle = false;
  const idle = untilIdle(api.busy.memory, Number.POSITIVE_INFINITY).then(() => {
    isIdle = true;
  });
  await untilIdle(api.busy.memory, 20);
  expect(isIdle).toBe(false);
  tower.open();
  await answer;
  await idle;
});

test('background work waits where callers are refused because the queue is full', async () => {
  const answers = Array.from({ length: BATCH + PLACES }, (_, i) => embedPicture(api, i));
  await tower.begun(1);
  const refused = await embedPicture(api, 500);
  expect(refused.errors.map(({ extensions }) => extensions.code)).toEqual(['OVERLOADED']);
  const background = encodeInBackground(1_000);
  tower.open();
  await Promise.all(answers);
  expect(await background).toMatchObject([{ facts: { width: 16 } }]);
});

test('a caller’s image goes before background work that came earlier', async () => {
  const finished: string[] = [];
  const background = Array.from({ length: 16 }, (_, i) =>
    encodeInBackground(i).then(() => finished.push('background')),
  );
  await tower.begun(1);
  const answer = embedPicture(api, 1_000).then(() => finished.push('caller'));
  await vi.waitFor(() => expect(finished).toEqual([]), WAIT);
  tower.open();
  await Promise.all([...background, answer]);
  expect(finished.indexOf('caller')).toBeLessThan(finished.length - BATCH);
});
