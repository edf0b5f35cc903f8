import { busyTime } from '../kit/busy-time.ts';
import { modelOnDisk } from '../kit/models/model-on-disk.ts';
import { atLeast, atMost, type ProbeResult } from '../kit/reports/claims.ts';
import { round } from '../kit/timing/statistics.ts';
import { deleteCollection, indexImages } from './job-client.ts';
import { startOrigin } from './origin.ts';
import { imageBomb, pictures } from './pictures.ts';
import { startServer } from './server.ts';
import { startEmbedding, startWorker } from './workers.ts';

export interface WorkersOptions {
  readonly model: string;
  /** `postgres://…`, an empty database. */
  readonly store: string;
  /** Images of a job. */
  readonly images: number;
  /** How often each has its turn. */
  readonly rounds: number;
  /** Whether each process that embeds has one processor; on Linux. */
  readonly pin: boolean;
}

/** Two workers index so many times as fast as one. */
const LEAST_SPEEDUP = 1.7;
/** What the store may cost, by what embedding takes without one. */
const MOST_STORE_SHARE = 0.1;
/** Of each process, so that two workers have as many processors as one has twice. */
const THREADS = 1;
/** Of small pictures, whose decoding is next to nothing. */
const SIDE = 64;
/** Images before a worker's time counts, so that its model is compiled. */
const WARM_UP = 128;

/** What became of all turns of one kind. */
interface Turns {
  milliseconds: number;
  /** Of all processors, and all processes. */
  busy: number;
}

/**
 * Indexes the same number of small pictures without a store, with one worker and with two, in turns. All of
 * them fetch the pictures from this process. Processor time is that of the whole machine, the database included
 * if it runs there.
 *
 * @param progress called with a line now and then.
 * @throws BenchError ENGINE_FAILED.
 */
export async function runWorkers(
  { model, store, images, rounds, pin }: WorkersOptions,
  progress: (line: string) => void,
): Promise<ProbeResult> {
  const { folder, remove } = await modelOnDisk(model);
  const closing = [remove];
  try {
    const origin = await startOrigin(await pictures(SIDE, SIDE), imageBomb());
    closing.unshift(origin.close);
    const threads = ['--threads', String(THREADS)];
    const database = ['--store', store, ...threads];
    const server = await startServer(folder, database);
    closing.unshift(server.close);
    const startOne = async (processor: number) => {
      const worker = await startWorker(folder, [...database, '--decode-threads', String(THREADS)]);
      if (pin) worker.pin(processor);
      closing.unshift(worker.close);
      return worker;
    };
    const embedding = startEmbedding(folder, THREADS);
    if (pin) embedding.pin(0);
    closing.unshift(embedding.close);
    let used = 0;
    /** Those that nobody has seen: what is known is not embedded again. */
    const unseen = (count: number) => {
      used += count;
      return Array.from({ length: count }, (_, i) => `${origin.url}/picture/${used - i}`);
    };
    const index = async (urls: readonly string[], turns?: Turns) => {
      const name = `workers-${used}`;
      const timed = () => indexImages(server, name, urls);
      await (turns === undefined ? timed() : during(turns, timed));
      await deleteCollection(server, name);
    };
    await embedding.embed(unseen(WARM_UP));
    await startOne(0);
    await index(unseen(WARM_UP));
    const [none, one, two] = Array.from({ length: 3 }, (): Turns => ({ milliseconds: 0, busy: 0 }));
    for (let number = 1; number <= rounds; number++) {
      progress(`round ${number}, without a store`);
      const urls = unseen(images);
      await during(none!, () => embedding.embed(urls));
      progress(`round ${number}, one worker`);
      await index(unseen(images), one);
      progress(`round ${number}, two workers`);
      const other = await startOne(1);
      await index(unseen(2 * WARM_UP));
      await index(unseen(images), two);
      closing.splice(closing.indexOf(other.close), 1);
      await other.close();
    }
    const all = images * rounds;
    return {
      rows: rowsOf({ none: none!, one: one!, two: two! }, all),
      claims: claimsOf(none!, one!, two!),
    };
  } finally {
    for (const close of closing) await close();
  }
}

async function during(turns: Turns, work: () => Promise<void>): Promise<void> {
  const [start, busy] = [performance.now(), busyTime()];
  await work();
  turns.milliseconds += performance.now() - start;
  turns.busy += busyTime() - busy;
}

const rowsOf = (turns: Readonly<Record<'none' | 'one' | 'two', Turns>>, images: number) =>
  Object.entries(turns).map(([workers, { milliseconds, busy }]) => ({
    workers: workers === 'none' ? 'none, no store' : workers,
    images,
    'images/s': round((1_000 * images) / milliseconds),
    'ms of a processor/image': round(busy / images),
  }));

const claimsOf = (none: Turns, one: Turns, two: Turns) => [
  atLeast(
    'speed of two workers, by that of one',
    round(one.milliseconds / two.milliseconds),
    LEAST_SPEEDUP,
  ),
  atMost(
    'time of the store, by that of embedding',
    round(one.milliseconds / none.milliseconds - 1),
    MOST_STORE_SHARE,
  ),
  atMost(
    'processor time of the store, by that of embedding',
    round(one.busy / none.busy - 1),
    MOST_STORE_SHARE,
  ),
];
