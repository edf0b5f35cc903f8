import { setImmediate } from 'node:timers/promises';
import type { Collection } from '../collections/collection.ts';
import { isAboutItems } from '../collections/is-about-items.ts';
import { describeError, type PublicError } from '../errors/public-error.ts';
import type { JobBatch, JobStore, NextVector, WrittenItem } from './job-store.ts';
import { Rate } from './rate.ts';

/** What became of an item. */
export type Outcome =
  | Omit<WrittenItem, 'seq'>
  | { readonly vector: NextVector }
  | { readonly isUnchanged: true }
  | { readonly error: PublicError };

type Draft = {
  -readonly [Key in keyof JobBatch]: JobBatch[Key] extends readonly (infer One)[]
    ? One[]
    : JobBatch[Key];
};

interface Group {
  readonly batch: Draft;
  readonly durable: PromiseWithResolvers<void>;
}

/** Told how many items ended in which way. */
type OnOutcomes = (outcome: 'done' | 'unchanged' | 'failed', count: number) => void;

/**
 * Writes what becomes of a job's items, one transaction at a time. What comes while one is under way is
 * written together in the next.
 */
export class Recorder {
  readonly #jobs: JobStore;
  readonly #id: string;
  readonly #collection: Collection;
  readonly #onOutcomes: OnOutcomes;
  readonly #rate = new Rate();
  readonly #begun = new Set<number>();
  #next: Group | undefined;
  #writing = Promise.resolve();

  constructor(jobs: JobStore, id: string, collection: Collection, onOutcomes: OnOutcomes) {
    this.#jobs = jobs;
    this.#id = id;
    this.#collection = collection;
    this.#onOutcomes = onOutcomes;
  }

  /** Resolves when it is known that this item may be what kills the process. */
  begin(seq: number): Promise<void> {
    this.#begun.add(seq);
    return this.#add((batch) => batch.begun.push(seq));
  }

  /** Resolves when it is durable. */
  finish(seq: number, outcome: Outcome): Promise<void> {
    this.#begun.delete(seq);
    return this.#add((batch) => {
      if ('error' in outcome) batch.failed.push({ seq, error: outcome.error });
      else if ('item' in outcome) batch.written.push({ seq, ...outcome });
      else if ('vector' in outcome) batch.reembedded.push({ seq, vector: outcome.vector });
      else batch.unchanged.push(seq);
    });
  }

  /** Gives back what was begun and is not finished: nothing killed this process. */
  async end(): Promise<void> {
    if (this.#begun.size === 0) return;
    const released = [...this.#begun];
    this.#begun.clear();
    await this.#add((batch) => batch.released.push(...released));
  }

  #add(change: (batch: Draft) => void): Promise<void> {
    if (this.#next === undefined) {
      const group = { batch: emptyBatch(), durable: Promise.withResolvers<void>() };
      this.#next = group;
      this.#writing = this.#writing.then(async () => {
        // Images of a batch end in one turn of the event loop, and others begin in their places.
        await setImmediate();
        this.#next = undefined;
        await this.#write(group.batch).then(group.durable.resolve, group.durable.reject);
      });
    }
    change(this.#next.batch);
    return this.#next.durable.promise;
  }

  async #write(batch: Draft): Promise<void> {
    const { written, reembedded, unchanged } = batch;
    this.#rate.count(written.length + reembedded.length + unchanged.length + batch.failed.length);
    try {
      await this.#record(batch);
    } catch (error) {
      if (!isAboutItems(error) || written.length === 0) throw error;
      // Nothing was written because of an item: each for itself, so that the others are.
      await this.#record({ ...batch, written: [] });
      for (const one of written) await this.#writeAlone(one);
    }
  }

  async #writeAlone(one: WrittenItem): Promise<void> {
    try {
      await this.#record({ ...emptyBatch(), written: [one] });
    } catch (error) {
      if (!isAboutItems(error)) throw error;
      const failed = [{ seq: one.seq, error: describeError(error) }];
      await this.#record({ ...emptyBatch(), failed });
    }
  }

  async #record(batch: Draft): Promise<void> {
    const perSecond = this.#rate.perSecond;
    await this.#jobs.record(this.#id, this.#collection, { ...batch, perSecond });
    const old = batch.written.filter(({ isUnchanged }) => isUnchanged).length;
    this.#onOutcomes('done', batch.written.length - old + batch.reembedded.length);
    this.#onOutcomes('unchanged', batch.unchanged.length + old);
    this.#onOutcomes('failed', batch.failed.length);
  }
}

const emptyBatch = (): Draft => ({
  begun: [],
  released: [],
  written: [],
  reembedded: [],
  unchanged: [],
  failed: [],
  perSecond: 0,
});
