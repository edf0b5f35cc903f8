import type { Worker } from 'node:worker_threads';
import { keepWorkers, type ThreadKind } from '../kit/keep-workers.ts';
import { benchModel } from '../kit/models/bench-model.ts';
import { recipePixels } from '../kit/models/recipe.ts';
import { atMost, type Claim } from '../kit/reports/claims.ts';
import { round } from '../kit/timing/statistics.ts';
import type { Probe } from './probe.ts';

/** What a caller waits at most for the next answer, and for the failure of the one in flight. */
const MOST_MILLISECONDS = 2000;
/** After this a promise counts as left pending. */
const PATIENCE_MILLISECONDS = 30_000;

/**
 * Ends a worker thread while an image is computed, again and again: what was in flight must reject
 * with WORKER_LOST, and the model must soon answer again, with the same embedding.
 *
 * core starts its threads itself. So that they can be reached without a way in of core's own, the
 * class Worker of `node:worker_threads` is replaced, before core is loaded, by one that keeps a list.
 */
export const deathsProbe: Probe = async ({ model, precision, threads, times }) => {
  const workers = keepWorkers();
  const { loadClip } = await import('@clipql/core');
  const { files } = await benchModel(model);
  const clip = await loadClip(files, { precision, threads });
  const { imageSize: size } = clip.info;
  const images = recipePixels(1, size, 0).map((data) => ({ size, data }));
  const embed = async () => (await clip.encodeImages(images))[0]!;
  const right = await embed();
  const passMs = await elapsed(embed);
  const rows: Death[] = [];
  for (let death = 0; death < times; death++) {
    // At another moment of the pass each time.
    rows.push(await die(workers, embed, right, (passMs * death) / times));
  }
  clip.dispose();
  return { rows: rows.map((row) => ({ ...row })), claims: claimsOf(rows) };
};

interface Death {
  /** `WORKER_LOST`; `answered` where the pass ended before the thread did. */
  readonly inFlight: string;
  readonly failedAfterMs: number;
  /** From the death until the next answer, tries that fail included. */
  readonly answersAfterMs: number;
  readonly sameEmbedding: boolean;
}

async function die(
  workers: ReadonlyMap<Worker, ThreadKind>,
  embed: () => Promise<Float32Array>,
  right: Float32Array,
  delay: number,
): Promise<Death> {
  const inFlight = settled(embed());
  await new Promise((resolve) => setTimeout(resolve, delay));
  const start = performance.now();
  const [victim] = workers.keys();
  void victim?.terminate();
  const outcome = await inFlight;
  const failedAfterMs = performance.now() - start;
  let next = await settled(embed());
  while (next.code !== 'answered' && performance.now() - start < PATIENCE_MILLISECONDS) {
    next = await settled(embed());
  }
  return {
    inFlight: outcome.code,
    failedAfterMs: round(failedAfterMs),
    answersAfterMs: round(performance.now() - start),
    sameEmbedding: next.embedding?.every((value, i) => value === right[i]) ?? false,
  };
}

function claimsOf(rows: readonly Death[]): Claim[] {
  const count = (holds: (row: Death) => boolean) => rows.filter((row) => !holds(row)).length;
  const longest = (time: (row: Death) => number) => Math.max(0, ...rows.map(time));
  return [
    atMost(
      'deaths whose pass neither answered nor failed with WORKER_LOST',
      count(({ inFlight }) => inFlight === 'WORKER_LOST' || inFlight === 'answered'),
      0,
    ),
    atMost(
      'deaths after which the embedding was another',
      count(({ sameEmbedding }) => sameEmbedding),
      0,
    ),
    atMost(
      'milliseconds until the pass in flight failed',
      longest(({ failedAfterMs }) => failedAfterMs),
      MOST_MILLISECONDS,
    ),
    atMost(
      'milliseconds until the model answered again',
      longest(({ answersAfterMs }) => answersAfterMs),
      MOST_MILLISECONDS,
    ),
  ];
}

interface Outcome {
  readonly code: string;
  readonly embedding?: Float32Array;
}

/** How a promise ends; `pending` where it does not. */
function settled(promise: Promise<Float32Array>): Promise<Outcome> {
  let timer: NodeJS.Timeout;
  const tooLate = new Promise<Outcome>((resolve) => {
    timer = setTimeout(() => resolve({ code: 'pending' }), PATIENCE_MILLISECONDS);
  });
  const outcome = promise.then(
    (embedding) => ({ code: 'answered', embedding }),
    (error) => ({ code: String(error.code ?? error) }),
  );
  return Promise.race([outcome, tooLate]).finally(() => clearTimeout(timer));
}

async function elapsed(action: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await action();
  return performance.now() - start;
}
