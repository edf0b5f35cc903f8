import type { Owner } from '../access/owner.ts';
import { ApiError } from '../errors/api-error.ts';
import { quoted } from '../errors/one-line.ts';
import type { JobState } from '../jobs/job.ts';
import { latestStates, untilLeft } from '../jobs/latest-states.ts';
import { checkOpenPictures, checkPictureCounts } from '../limits/pictures.ts';
import { isPictureOver, type NewPicture, type Picture, type PictureRecord } from './picture.ts';
import { PictureEntries } from './picture-entries.ts';
import { type DrawingOptions, PictureRunner } from './picture-runner.ts';
import { openPictureStore, type PictureStore } from './picture-store.ts';
import type { Pictures } from './pictures.ts';

/** Milliseconds between two states that a subscriber gets. */
const WATCH_MS = 1000;

export interface PictureQueueOptions extends DrawingOptions {
  /** The data folder. */
  readonly data: string;
}

/** What a picture is changed to, and from which states. */
interface Step {
  readonly from: readonly JobState[];
  readonly change: Partial<PictureRecord> & Pick<PictureRecord, 'state'>;
  /** Throws for a picture that may not be changed, as others were meanwhile. */
  readonly check?: (picture: PictureRecord) => void;
}

/** The pictures of a server, kept in its data folder. */
export class PictureQueue implements Pictures {
  readonly areOn = true;
  readonly #entries: PictureEntries;
  readonly #runner: PictureRunner;

  constructor(entries: PictureEntries, store: PictureStore, options: DrawingOptions) {
    this.#entries = entries;
    this.#runner = new PictureRunner(entries, store, options);
  }

  /** Starts drawing; nothing is drawn before that. */
  run(): void {
    this.#runner.start();
  }

  checkPlace(owner: Owner): void {
    checkPictureCounts({ open: this.#open(owner), all: this.#entries.list(owner).length });
  }

  async start(picture: NewPicture): Promise<Picture> {
    const added = await this.#entries.add(picture, () => this.checkPlace(picture.owner));
    this.#runner.wake();
    return added;
  }

  get(owner: Owner, id: string): Picture {
    const picture = this.#entries.find(id);
    if (picture !== undefined && picture.owner === owner) return picture;
    const got = quoted(id, 100);
    throw new ApiError('UNKNOWN_PICTURE', `expected the id of a picture, got ${got}`);
  }

  list(
    owner: Owner,
    { first, before }: { readonly first: number; readonly before?: string },
  ): readonly Picture[] {
    const newest = this.#entries.list(owner).toReversed();
    return newest.filter(({ id }) => before === undefined || id < before).slice(0, first);
  }

  async pause(owner: Owner, id: string): Promise<Picture> {
    const from = ['QUEUED', 'RUNNING'] as const;
    const paused = await this.#change(owner, id, { from, change: { state: 'PAUSED' } });
    void this.#runner.leave(id);
    return paused;
  }

  async resume(owner: Owner, id: string): Promise<Picture> {
    const change = { state: 'QUEUED', error: undefined } as const;
    const check = (picture: PictureRecord) => {
      // One that is paused is counted already.
      if (isPictureOver(picture)) checkOpenPictures(this.#open(owner));
    };
    const resumed = await this.#change(owner, id, { from: ['PAUSED', 'FAILED'], change, check });
    this.#runner.wake(id);
    return resumed;
  }

  async cancel(owner: Owner, id: string): Promise<Picture> {
    const from = ['QUEUED', 'RUNNING', 'PAUSED', 'FAILED'] as const;
    const cancelled = await this.#change(owner, id, { from, change: { state: 'CANCELLED' } });
    void this.#runner.leave(id).then(() => this.#runner.forgetState(id));
    return cancelled;
  }

  async delete(owner: Owner, id: string): Promise<Picture> {
    const picture = this.get(owner, id);
    const putBack = await this.#entries.forget(id);
    await this.#runner.abandon(id);
    try {
      await this.#entries.removeFiles(id);
    } catch (error) {
      putBack();
      this.#runner.wake();
      throw error;
    }
    return picture;
  }

  async image(owner: Owner, id: string): Promise<Uint8Array> {
    this.get(owner, id);
    const image = await this.#entries.image(id);
    if (image !== undefined) return image;
    throw new ApiError('NOT_FOUND', 'expected a picture that is begun, got one without an image');
  }

  watch(owner: Owner, id: string): AsyncIterableIterator<Picture> {
    const picture = this.get(owner, id);
    const listen = (listener: (picture: Picture) => void) => {
      const stop = this.#entries.listen(id, listener);
      // It may have changed, or gone, since it was looked up.
      const gone = { ...picture, state: 'CANCELLED', version: picture.version + 1 } as const;
      listener(this.#entries.find(id) ?? gone);
      return stop;
    };
    const source = { listen, isOver: isPictureOver, apartMs: WATCH_MS };
    return untilLeft((signal) => latestStates<Picture>(picture, source, signal));
  }

  /** Saves the state of what is drawn; it goes on when the data folder is opened again. */
  stop(): Promise<void> {
    return this.#runner.stop();
  }

  /** Lets go of the data folder. */
  async close(): Promise<void> {
    await this.stop();
    await this.#entries.close();
  }

  /** How many of an owner's pictures are not over. */
  #open(owner: Owner): number {
    return this.#entries.list(owner).filter((picture) => !isPictureOver(picture)).length;
  }

  async #change(owner: Owner, id: string, { from, change, check }: Step): Promise<Picture> {
    this.get(owner, id);
    const changed = await this.#entries.change(id, from, change, check);
    if (changed !== undefined) return changed;
    const { state } = this.get(owner, id);
    throw new ApiError(
      'JOB_STATE',
      `expected a picture that is ${from.join(' or ')} to be ${change.state}, got ${state}`,
    );
  }
}

/**
 * Opens the pictures of a data folder.
 *
 * @throws ApiError BAD_OPTION for a folder that cannot be made or written, DATA_BUSY where another server draws in it.
 */
export async function openPictureQueue(options: PictureQueueOptions): Promise<PictureQueue> {
  const store = await openPictureStore(options.data);
  const entries = new PictureEntries(store, await store.readAll(options.warn));
  return new PictureQueue(entries, store, options);
}
