import { sniffImage } from '@clipql/core';
import { afterEach, expect, test, vi } from 'vitest';
import { SEED_IMAGES } from '../../../core/src/image/testing/seed-images.ts';
import { dataUrl, startApi, type TestApi } from '../testing/api.ts';
import { embedPicture, WAIT } from '../testing/held-tower.ts';
import { picture } from '../testing/pictures.ts';
import { decodeThreads, type StartDecodeThread } from './decode-thread.ts';

const opened: TestApi[] = [];

afterEach(async () => {
  for (const api of opened.splice(0)) {
    expect(api.logged).toEqual([]);
    await api.close();
  }
});

/** The API with decoding threads that a test can hold, end and count. */
async function start(
  threads: number,
  meddle: (thread: number, start: StartDecodeThread) => StartDecodeThread = (_, usual) => usual,
) {
  const { model, close } = await startApi();
  const usual = decodeThreads({ preprocessing: model.clip.preprocessing, maxPixels: undefined });
  await close();
  const timers = new Set<() => void>();
  let started = 0;
  const api = await startApi({
    inference: {
      decodeThreads: threads,
      startDecodeThread: (callbacks) => meddle(started++, usual)(callbacks),
      after: (_milliseconds, call) => {
        timers.add(call);
        return () => timers.delete(call);
      },
    },
  });
  opened.push(api);
  return { api, timers, started: () => started };
}

const embed = (api: TestApi, bytes: Uint8Array) =>
  api.query('query ($url: String!) { embedImage(imageUrl: $url) { dimensions } }', {
    url: dataUrl(bytes, 'image/png'),
  });

/** Takes an image, and never answers. */
const stuck: StartDecodeThread = ({ onBegin }) => ({ decode: onBegin, end: () => {} });

test('an image that takes too long to decode is refused, and its thread replaced', async () => {
  const { api, timers, started } = await start(1, (thread, usual) => (thread ? usual : stuck));
  const slow = embedPicture(api, 1);
  await vi.waitFor(() => expect(timers.size).toBe(1), WAIT);
  const neighbour = embedPicture(api, 2);
  for (const timeIsUp of timers) timeIsUp();
  expect((await slow).errors).toMatchObject([
    {
      message: expect.stringContaining('within 5 s'),
      extensions: { code: 'IMAGE_DECODE_TIMEOUT' },
    },
  ]);
  expect((await neighbour).errors).toEqual([]);
  expect(started()).toBe(2);
});

test('the time to decode an image counts from when its thread has begun it', async () => {
  const taken = Promise.withResolvers<() => void>();
  const { api, timers } = await start(1, (thread, usual) => (callbacks) => {
    if (thread > 0) return usual(callbacks);
    const { decode, end } = usual({ ...callbacks, onBegin: () => {} });
    return {
      end,
      decode: (bytes) =>
        taken.resolve(() => {
          callbacks.onBegin();
          decode(bytes);
        }),
    };
  });
  const answer = embedPicture(api, 1);
  const begin = await taken.promise;
  expect(timers.size).toBe(0);
  begin();
  expect(timers.size).toBe(1);
  expect((await answer).errors).toEqual([]);
  expect(timers.size).toBe(0);
});

test('an image whose thread dies is decoded by another, and nobody notices', async () => {
  const dying: StartDecodeThread = ({ onDeath }) => ({
    decode: () => onDeath('killed by the test'),
    end: () => {},
  });
  const { api, started } = await start(1, (thread, usual) => (thread ? usual : dying));
  const answers = await Promise.all([1, 2, 3].map((number) => embedPicture(api, number)));
  for (const { errors } of answers) expect(errors).toEqual([]);
  expect(started()).toBe(2);
});

test('an image whose threads die again and again fails alone', async () => {
  const poison = Buffer.from(picture(13)).toString('base64');
  const { api } = await start(2, (_thread, usual) => (callbacks) => {
    const thread = usual(callbacks);
    return {
      end: () => thread.end(),
      decode: (bytes) => {
        if (Buffer.from(bytes).toString('base64') !== poison) return thread.decode(bytes);
        thread.end();
        callbacks.onDeath('killed by its image');
      },
    };
  });
  const numbers = [11, 12, 13, 14, 15];
  const answers = await Promise.all(numbers.map((number) => embedPicture(api, number)));
  expect(answers.map(({ errors }) => errors.map(({ extensions }) => extensions.code))).toEqual([
    [],
    [],
    ['WORKER_LOST'],
    [],
    [],
  ]);
});

test('an image bomb is refused by its header, before any thread sees it', async () => {
  const { api, started } = await start(1);
  const bomb = Buffer.from(picture(1));
  bomb.writeUInt32BE(65_500, 16);
  bomb.writeUInt32BE(65_500, 20);
  const { errors } = await embed(api, bomb);
  expect(errors).toMatchObject([{ extensions: { code: 'IMAGE_TOO_LARGE' } }]);
  expect(started()).toBe(0);
});

test('a large picture leaves a thread to small ones', async () => {
  // With two threads, neither of which answers: a large picture may have one of them.
  const seen: number[] = [];
  const { api, timers } = await start(2, () => ({ onBegin }) => ({
    decode: (bytes) => {
      seen.push(bytes.length);
      onBegin();
    },
    end: () => {},
  }));
  const large = (number: number) => {
    const bytes = Buffer.from(picture(number));
    bytes.writeUInt32BE(3_000, 16);
    bytes.writeUInt32BE(3_000, 20);
    return bytes;
  };
  const requests = [embed(api, large(1)), embed(api, large(2))];
  await vi.waitFor(() => expect(seen).toHaveLength(1), WAIT);
  requests.push(embedPicture(api, 3));
  await vi.waitFor(() => expect(seen).toHaveLength(2), WAIT);
  // Each gives its thread up in turn, so that the second large picture comes to one as well.
  while (seen.length < 3 || timers.size > 0) {
    for (const timeIsUp of timers) timeIsUp();
    await new Promise((resolve) => setImmediate(resolve));
  }
  for (const { errors } of await Promise.all(requests)) {
    expect(errors).toMatchObject([{ extensions: { code: 'IMAGE_DECODE_TIMEOUT' } }]);
  }
});

test('pictures of more than 50 megapixels together are not decoded at a time', async () => {
  const { bytes } = SEED_IMAGES.find(({ name }) => name.includes('avif'))!;
  const { width, height } = sniffImage(bytes);
  const sizes: number[] = [];
  const { api, timers } = await start(4, () => ({ onBegin }) => ({
    decode: (file) => {
      sizes.push(sniffImage(file).decodedPixels);
      onBegin();
    },
    end: () => {},
  }));
  const large = (number: number) => withSize(bytes, [width, height], [4_800, 5_000 + number]);
  const requests = [1, 2, 3].map((number) => embed(api, large(number)));
  await vi.waitFor(() => expect(sizes).toHaveLength(2), WAIT);
  requests.push(embedPicture(api, 4));
  // The small one passes the third large one.
  await vi.waitFor(() => expect(sizes).toHaveLength(3), WAIT);
  expect(sizes[2]).toBeLessThan(10_000);
  while (sizes.length < 4 || timers.size > 0) {
    for (const timeIsUp of timers) timeIsUp();
    await new Promise((resolve) => setImmediate(resolve));
  }
  for (const { errors } of await Promise.all(requests)) {
    expect(errors).toMatchObject([{ extensions: { code: 'IMAGE_DECODE_TIMEOUT' } }]);
  }
});

/** An AVIF that says it has another size. */
function withSize(
  bytes: Uint8Array,
  [width, height]: readonly [number, number],
  [newWidth, newHeight]: readonly [number, number],
): Buffer {
  const copy = Buffer.from(bytes);
  const size = Buffer.alloc(8);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  const at = copy.indexOf(size, copy.indexOf('ispe'));
  copy.writeUInt32BE(newWidth, at);
  copy.writeUInt32BE(newHeight, at + 4);
  return copy;
}
