import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startApi, type TestApi } from '../testing/api.ts';
import { embedPicture, holdImageTower, WAIT } from '../testing/held-tower.ts';

const HOUR = 3_600;
const QUEUE_SECONDS = 50;

const clock = performance;
let api: TestApi;
/** Seconds by which the clock is ahead of the machine's. */
let ahead: number;

beforeEach(async () => {
  ahead = 0;
  vi.stubGlobal('performance', { now: () => clock.now() + 1_000 * ahead });
  api = await startApi({ inference: { maxBatch: 1, queueSeconds: QUEUE_SECONDS } });
});

afterEach(async () => {
  vi.restoreAllMocks();
  await api.close();
});

test.each([
  { seconds: 18.5, accepted: 2 },
  { seconds: 28, accepted: 1 },
])(
  'at $seconds s an image a queue of 50 s takes $accepted, and Retry-After is the time they need, also after an hour without work',
  async ({ seconds, accepted }) => {
    // However long the first pass takes, it says nothing of the speed.
    for (const [i, taken] of [10 * seconds, seconds].entries()) {
      const measured = holdImageTower(api);
      const answer = embedPicture(api, 100 + i);
      await measured.begun(1);
      ahead += taken;
      measured.open();
      expect((await answer).status).toBe(200);
      vi.restoreAllMocks();
    }
    ahead += HOUR;

    const tower = holdImageTower(api);
    const waits: number[] = [];
    const requests = Array.from({ length: 8 }, async (_, i) => {
      const { status, errors } = await embedPicture(api, i + 1);
      if (status === 429) waits.push(errors[0]!.extensions.retryAfter!);
      return status;
    });
    await vi.waitFor(() => expect(waits).toHaveLength(8 - accepted), WAIT);
    for (const wait of waits) {
      expect(wait).toBeGreaterThanOrEqual(Math.ceil(accepted * seconds));
      expect(wait).toBeLessThanOrEqual(QUEUE_SECONDS);
    }
    tower.open();
    expect((await Promise.all(requests)).filter((status) => status === 200)).toHaveLength(accepted);
  },
);
