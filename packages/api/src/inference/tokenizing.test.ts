import { afterEach, beforeEach, expect, test } from 'vitest';
import { startApi, type TestApi } from '../testing/api.ts';

/** Of the queue, with the speed at which texts are priced until it is known: 2,000,000 characters. */
const SECONDS = 10;
/** Characters of a text, the most there may be. */
const LENGTH = 8_192;

let api: TestApi;
let clock: number;
/** Milliseconds that each text takes. */
let taken: number;
let pause: PromiseWithResolvers<void>;

beforeEach(async () => {
  [clock, taken, pause] = [0, 20, Promise.withResolvers()];
  api = await startApi({
    inference: {
      queueSeconds: SECONDS,
      // The model itself has room for all of them.
      queue: 100_000,
      // After each text there is a pause, as it took more than a turn.
      tokenizerClock: {
        now: () => {
          clock += taken;
          return clock;
        },
        pause: () => pause.promise,
      },
    },
  });
});

afterEach(async () => {
  pause.resolve();
  expect(api.logged).toEqual([]);
  await api.close();
});

/** Embeds different texts, in one operation. */
const embed = (name: string, count: number, length: number, signal?: AbortSignal) =>
  api.fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      query: 'query ($inputs: [EmbeddingInput!]!) { embed(inputs: $inputs) { __typename } }',
      variables: {
        inputs: Array.from({ length: count }, (_, i) => ({
          text: `${name} ${i} `.padEnd(length, 'ab '),
        })),
      },
    }),
    ...(signal && { signal }),
  });

const expectRefused = async (response: Response, retryAfter: number) => {
  expect(response.status).toBe(429);
  expect(Number(response.headers.get('retry-after'))).toBe(retryAfter);
  expect(await response.json()).toMatchObject({
    errors: [{ extensions: { code: 'OVERLOADED', retryAfter } }],
  });
};

test('texts that would wait too long to be tokenized are refused at once, and a few of another operation are not', async () => {
  const first = embed('first', 120, LENGTH);
  const second = embed('second', 120, LENGTH);
  // 239 texts wait: 1,957,888 characters, for 9.8 seconds.
  await expectRefused(await embed('third', 120, LENGTH), 10);
  const few = embed('few', 10, LENGTH);
  pause.resolve();
  for (const answer of [first, second, few]) expect((await answer).status).toBe(200);
  expect((await embed('third', 120, LENGTH)).status).toBe(200);
});

test('where texts were slow to tokenize fewer may wait, and Retry-After says for how long', async () => {
  taken = 1_000;
  pause.resolve();
  // 1,000 characters in two seconds, with the pause.
  expect((await embed('slow', 4, 1_000)).status).toBe(200);
  pause = Promise.withResolvers();
  const first = embed('first', 5, 1_000);
  // 4,000 characters wait, for eight seconds.
  await expectRefused(await embed('second', 5, 1_000), 8);
  pause.resolve();
  expect((await first).status).toBe(200);
});

test('texts that nobody waits for any more leave their room to others', async () => {
  const client = new AbortController();
  const gone = embed('gone', 120, LENGTH, client.signal).catch(() => undefined);
  const first = embed('first', 120, LENGTH);
  await expectRefused(await embed('second', 120, LENGTH), 10);
  client.abort();
  await gone;
  const second = embed('second', 120, LENGTH);
  pause.resolve();
  for (const answer of [first, second]) expect((await answer).status).toBe(200);
});
