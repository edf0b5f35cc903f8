import { PICTURE_STEPS } from '@clipql/core';
import type { Owner } from '../access/owner.ts';
import type { JobState } from '../jobs/job.ts';
import type { DrawingNews } from './drawing-protocol.ts';
import {
  type NewPicture,
  NO_PROGRESS,
  type Picture,
  type PictureProgress,
  type PictureRecord,
} from './picture.ts';
import { nextPictureId, type PictureStore, type StoredPicture } from './picture-store.ts';

type Listener = (picture: Picture) => void;

/** A picture in memory. */
interface Entry {
  record: PictureRecord;
  progress: PictureProgress;
  /** At the last checkpoint. */
  saved: PictureProgress;
  imageStep: number | undefined;
  /** While it is drawn: newer than that of the last checkpoint. */
  preview: Uint8Array | undefined;
  /** Where and when its drawing began. */
  begun: { readonly step: number; readonly at: number } | undefined;
  version: number;
  readonly listeners: Set<Listener>;
}

/** All pictures of a server, in memory as they are on the disk, and what is told of those that are drawn. */
export class PictureEntries {
  readonly #store: PictureStore;
  #entries = new Map<string, Entry>();
  #turn: Promise<unknown> = Promise.resolve();

  /** @param stored the oldest first. */
  constructor(store: PictureStore, stored: readonly StoredPicture[]) {
    this.#store = store;
    for (const { record, progress, hasImage } of stored) {
      this.#entries.set(record.id, newEntry(record, progress, hasImage));
    }
  }

  /** The oldest first. */
  list(owner?: Owner): readonly Picture[] {
    const entries = [...this.#entries.values()].map(pictureOf);
    return owner === undefined ? entries : entries.filter((picture) => picture.owner === owner);
  }

  find(id: string): Picture | undefined {
    const entry = this.#entries.get(id);
    return entry && pictureOf(entry);
  }

  /** @param check throws for a picture that may not be added, as others were meanwhile. @throws ApiError PICTURE_NOT_KEPT. */
  add({ start, ...picture }: NewPicture, check: () => void): Promise<Picture> {
    return this.#inTurn(async () => {
      check();
      const { id, createdAt } = nextPictureId([...this.#entries.keys()].at(-1));
      const record: PictureRecord = {
        ...{ ...picture, id, createdAt, state: 'QUEUED' },
        ...{ source: start?.source, error: undefined },
      };
      await this.#store.add(record, start?.bytes);
      const entry = newEntry(record, NO_PROGRESS, false);
      this.#entries.set(id, entry);
      return pictureOf(entry);
    });
  }

  /**
   * Changes a picture that is in one of these states, on the disk and then in memory.
   *
   * @param check throws for one that may not be changed, as others were meanwhile.
   * @returns it as it is then; undefined where it is in another state or gone.
   * @throws ApiError PICTURE_NOT_KEPT; it stays as it was then.
   */
  change(
    id: string,
    from: readonly JobState[],
    change: Partial<Pick<PictureRecord, 'state' | 'error'>>,
    check: (record: PictureRecord) => void = () => {},
  ): Promise<Picture | undefined> {
    return this.#inTurn(async () => {
      const entry = this.#entries.get(id);
      if (entry === undefined || !from.includes(entry.record.state)) return undefined;
      check(entry.record);
      const record = { ...entry.record, ...change };
      await this.#store.write(record);
      entry.record = record;
      return this.#tell(entry);
    });
  }

  /** Takes in what is told of a picture that is drawn. */
  report(id: string, report: DrawingNews): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    if (report.kind === 'begun') {
      entry.begun = { step: report.step, at: performance.now() };
      if (report.anew !== undefined) entry.saved = NO_PROGRESS;
      entry.progress = { ...entry.saved, step: report.step };
    } else if (report.kind === 'preview') {
      entry.preview = report.png;
      entry.imageStep = report.step;
    } else {
      const { kind: _kind, ...progress } = report;
      entry.progress = { ...entry.progress, ...progress };
      if (report.kind === 'saved') entry.saved = entry.progress;
    }
    this.#tell(entry);
  }

  /** It is not drawn any more: what counts is on the disk. */
  rest(id: string): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    entry.begun = undefined;
    entry.preview = undefined;
    entry.progress = entry.saved;
    entry.imageStep = entry.saved.step > 0 ? entry.saved.step : undefined;
    this.#tell(entry);
  }

  /** It is to be drawn again, as the disk has it already. */
  requeue(id: string): void {
    const entry = this.#entries.get(id);
    if (entry?.record.state !== 'RUNNING') return;
    entry.record = { ...entry.record, state: 'QUEUED' };
    this.#tell(entry);
  }

  /**
   * Takes a picture out of memory; who listens is told that it is over.
   *
   * @returns puts it back at its place, as the disk has it.
   */
  forget(id: string): Promise<() => void> {
    return this.#inTurn(async () => {
      const entry = this.#entries.get(id);
      if (entry === undefined) return () => {};
      const { record, saved } = entry;
      this.#entries.delete(id);
      entry.record = { ...record, state: 'CANCELLED' };
      entry.imageStep = undefined;
      this.#tell(entry);
      return () => {
        const back = newEntry(record, saved, saved.step > 0);
        this.#entries = new Map([...this.#entries, [id, back] as const].sort(byId));
        this.requeue(id);
      };
    });
  }

  /** Removes the files of a picture that is forgotten. @throws ApiError PICTURE_NOT_KEPT. */
  removeFiles(id: string): Promise<void> {
    return this.#inTurn(() => this.#store.remove(id));
  }

  /** @returns the newest image; undefined before the first. */
  async image(id: string): Promise<Uint8Array | undefined> {
    return this.#entries.get(id)?.preview ?? this.#store.readImage(id);
  }

  /** @returns ends it. */
  listen(id: string, listener: Listener): () => void {
    const listeners = this.#entries.get(id)?.listeners;
    listeners?.add(listener);
    return () => listeners?.delete(listener);
  }

  /** Once what is being written is written. */
  async close(): Promise<void> {
    await this.#turn;
    this.#store.close();
  }

  #tell(entry: Entry): Picture {
    entry.version += 1;
    const picture = pictureOf(entry);
    for (const listener of entry.listeners) listener(picture);
    return picture;
  }

  /** One change at a time: memory and disk end equal. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }
}

const byId = ([a]: readonly [string, Entry], [b]: readonly [string, Entry]): number =>
  a < b ? -1 : 1;

const newEntry = (record: PictureRecord, saved: PictureProgress, hasImage: boolean): Entry => ({
  ...{ record, saved, progress: saved },
  imageStep: hasImage ? saved.step : undefined,
  preview: undefined,
  begun: undefined,
  version: 0,
  listeners: new Set(),
});

function pictureOf({ record, progress, imageStep, begun, version }: Entry): Picture {
  const steps = PICTURE_STEPS[record.settings.quality];
  const taken = begun === undefined ? 0 : progress.step - begun.step;
  const milliseconds = begun === undefined ? 0 : performance.now() - begun.at;
  const secondsLeft =
    record.state === 'RUNNING' && taken > 0
      ? ((steps - progress.step) * milliseconds) / taken / 1000
      : undefined;
  return { ...record, steps, progress, secondsLeft, imageStep, version };
}
