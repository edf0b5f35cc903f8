// These run the built server: `npm test` builds it first.
import { expect, test } from 'vitest';
import { runBesidePictures } from './run-beside-pictures.ts';
import { runLoad } from './run-load.ts';
import { runServerDeaths } from './run-server-deaths.ts';
import { runStart } from './run-start.ts';

test('a server offered more than it can do answers all that it accepts', async () => {
  const options = {
    flags: ['--queue-seconds', '0.01'],
    clients: 8,
    seconds: 1,
    capacitySeconds: 1,
    times: 5,
  };
  const { rows, claims } = await runLoad(options);
  const { asked, accepted, answered, refused } = rows[0] as Record<string, number>;
  expect(answered).toBe(accepted);
  expect(accepted! + refused!).toBe(asked);
  expect(refused).toBeGreaterThan(0);
  // How fast it is depends on the machine; whom it answers and how does not.
  const [unanswered, otherErrors] = claims;
  expect(unanswered).toMatchObject({ measured: 0, passed: true });
  expect(otherErrors).toMatchObject({ measured: 0, passed: true });
  expect(rows[0]!.healthMaxMs).toBeGreaterThan(0);
  expect(claims).toHaveLength(8);
});

test('threads of a server that end at work leave no request without an answer', async () => {
  const { rows, claims } = await runServerDeaths({ flags: [], times: 2, clients: 4 });
  expect(rows).toMatchObject([
    { thread: 'inference', deaths: 2, unanswered: 0 },
    { thread: 'decode', deaths: 2, unanswered: 0 },
  ]);
  expect(claims).toHaveLength(6);
});

test('classifications are timed without a picture and beside one', async () => {
  const { rows, claims } = await runBesidePictures({ model: 'nano', questions: 3, turns: 1 });
  expect(rows).toMatchObject([
    { what: 'alone', classifications: 3, steps: 0 },
    { what: 'beside a picture', classifications: 3 },
  ]);
  for (const { p95Ms } of rows) expect(p95Ms).toBeGreaterThan(0);
  expect(claims).toHaveLength(2);
}, 600_000);

test('a server is measured when it is ready, after one image and after more', async () => {
  const { rows, claims } = await runStart({ model: 'nano', precision: 'f32', images: 2 });
  expect(rows).toMatchObject([{ precision: 'f32', images: 2 }]);
  const { listensAfterMs, readyMB, oneImageMB } = rows[0] as Record<string, number>;
  expect(listensAfterMs).toBeGreaterThan(0);
  // The threads that decode and compute start with the first image.
  expect(oneImageMB).toBeGreaterThan(readyMB!);
  expect(claims).toHaveLength(2);
});
