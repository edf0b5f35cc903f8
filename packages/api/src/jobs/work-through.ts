import { type JobItem, type JobStore, MOST_DEATHS } from './job-store.ts';
import type { Outcome, Recorder } from './recorder.ts';
import { Slots } from './slots.ts';
import type { Turns } from './turns.ts';

/** Items that are under way at a time, most of which wait for their hosts. */
const UNDER_WAY = 2_048;
/** Items that are read from the store at a time. */
const PAGE = 256;

/** Items of a job by `seq`, after the one and up to the other. */
export interface ItemRange {
  readonly after: number;
  readonly until: number;
}

export interface WorkThroughOptions {
  readonly jobs: JobStore;
  readonly id: string;
  /** All items unless given. */
  readonly range?: ItemRange | undefined;
  /** Of all that goes on in this process: what may kill it is worked on alone. No turns are taken unless given. */
  readonly turns?: Pick<Turns, 'together' | 'alone'> | undefined;
  readonly recorder: Recorder;
  readonly signal: AbortSignal;
  /** Looks up what all items of a page need. */
  readonly prepare: (items: readonly JobItem[]) => Promise<ProcessItem>;
}

/**
 * Does an item's work.
 *
 * @throws for what no later item would survive either; what is the item's own is its outcome.
 */
export type ProcessItem = (item: JobItem, signal: AbortSignal) => Promise<Outcome>;

/**
 * Works through the items of a job that wait: many at a time, and after these, one at a time, those that
 * may have killed the process before.
 *
 * @throws the signal's reason once it is aborted; what the work throws.
 */
export async function workThrough(options: WorkThroughOptions): Promise<void> {
  const { recorder, signal, turns = NO_TURNS } = options;
  const failure = new AbortController();
  const all = AbortSignal.any([signal, failure.signal]);
  try {
    await turns.together(all, () => workOnMany(options, all, failure));
    for await (const [item, process] of waitingItems(options, true)) {
      await turns.alone(all, () => workOn(item, process, recorder, all));
    }
  } finally {
    await recorder.end();
  }
}

const NO_TURNS: Pick<Turns, 'together' | 'alone'> = {
  together: (_, work) => work(),
  alone: (_, work) => work(),
};

/** @param failure aborted with what one of them throws. */
async function workOnMany(
  options: WorkThroughOptions,
  all: AbortSignal,
  failure: AbortController,
): Promise<void> {
  const slots = new Slots(UNDER_WAY);
  const underWay = new Set<Promise<void>>();
  try {
    for await (const [item, process] of waitingItems(options, false)) {
      const release = await slots.take(all);
      const work = workOn(item, process, options.recorder, all)
        .catch((error) => failure.abort(error))
        .finally(() => {
          underWay.delete(work);
          release();
        });
      underWay.add(work);
    }
  } finally {
    await Promise.all(underWay);
  }
  all.throwIfAborted();
}

async function workOn(
  item: JobItem,
  process: ProcessItem,
  recorder: Recorder,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const outcome = item.deaths >= MOST_DEATHS ? DEADLY : await process(item, signal);
  await recorder.finish(item.seq, outcome);
}

const DEADLY: Outcome = {
  error: {
    code: 'IMAGE_CRASHED',
    message: `expected an image that can be read, got one that ClipQL died of ${MOST_DEATHS} times`,
  },
};

async function* waitingItems(
  { jobs, id, range, signal, prepare }: WorkThroughOptions,
  suspects: boolean,
): AsyncGenerator<readonly [JobItem, ProcessItem]> {
  const until = range?.until ?? Number.MAX_SAFE_INTEGER;
  for (let after = range?.after ?? 0; ; ) {
    signal.throwIfAborted();
    const items = await jobs.waiting(id, { after, until, first: PAGE, suspects });
    if (items.length === 0) return;
    const process = await prepare(items);
    for (const item of items) yield [item, process];
    // Each suspect is over before the next page, so that none comes twice.
    if (!suspects) after = items.at(-1)!.seq;
  }
}
