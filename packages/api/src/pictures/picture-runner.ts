import { meaningOf } from '../errors/error-codes.ts';
import { describeError, isHidden, type PublicError } from '../errors/public-error.ts';
import type { ModelRegistry } from '../models/registry.ts';
import type { BusySignal } from '../threads/busy-signal.ts';
import { Drawing } from './drawing.ts';
import type { DrawingEnd, DrawingModel } from './drawing-protocol.ts';
import type { Picture } from './picture.ts';
import type { PictureEntries } from './picture-entries.ts';
import type { PictureStore } from './picture-store.ts';

/** What pictures are drawn with. */
export interface DrawingOptions {
  readonly models: Pick<ModelRegistry, 'lease' | 'hold'>;
  /** What drawing gives way to. */
  readonly busy: BusySignal;
  /** Threads of a forward pass; as core has it unless given. */
  readonly threads: number | undefined;
  /** How far drawing gives way to other threads, as `nice` has it. */
  readonly niceness: number;
  /** Of a start image. */
  readonly maxPixels: number;
  /** Of ClipQL. */
  readonly version: string;
  /** Told of what no user can do anything about. */
  readonly onUnexpected: (error: unknown) => void;
}

/** What is drawn now. */
interface Current {
  readonly id: string;
  drawing?: Drawing;
  /** It is not to be drawn now. */
  readonly stopped: PromiseWithResolvers<'stopped'>;
  /** All of it is over, its records included. */
  readonly over: Promise<void>;
}

/** A picture that failed because of something that may pass is tried again after this, in milliseconds, and then after twice as long. */
const RETRY_MS = { first: 10_000, most: 80_000 };
/** How often, before it FAILED. */
const RETRIES = 2;
/** What a picture waits for, however long it takes: somebody makes room. */
const WAITS_FOR: readonly PublicError['code'][] = ['MODEL_MEMORY_FULL', 'PICTURE_NOT_KEPT'];
const BYTES_A_PARAMETER = 4;

/** Draws pictures one at a time, in the order in which they came. */
export class PictureRunner {
  readonly #entries: PictureEntries;
  readonly #store: Pick<PictureStore, 'folderOf' | 'forgetState'>;
  readonly #options: DrawingOptions;
  readonly #notBefore = new Map<string, number>();
  readonly #losses = new Map<string, number>();
  #current: Current | undefined;
  #isStarted = false;
  #isStopping = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    entries: PictureEntries,
    store: Pick<PictureStore, 'folderOf' | 'forgetState'>,
    options: DrawingOptions,
  ) {
    this.#entries = entries;
    this.#store = store;
    this.#options = options;
  }

  /** Begins to draw. */
  start(): void {
    this.#isStarted = true;
    this.wake();
  }

  /** There may be something to draw. @param resumed a picture that waits for nothing any more. */
  wake(resumed?: string): void {
    if (resumed !== undefined) this.#notBefore.delete(resumed);
    if (!this.#isStarted || this.#isStopping || this.#current !== undefined) return;
    clearTimeout(this.#timer);
    const queued = this.#entries.list().filter(({ state }) => state === 'QUEUED');
    const waitOf = ({ id }: Picture) => (this.#notBefore.get(id) ?? 0) - performance.now();
    const next = queued.find((picture) => waitOf(picture) <= 0);
    if (next !== undefined) this.#begin(next);
    if (next !== undefined || queued.length === 0) return;
    this.#timer = setTimeout(() => this.wake(), Math.min(...queued.map(waitOf))).unref();
  }

  /** Lets it go that a picture is not to be drawn now: its state is saved. */
  async leave(id: string): Promise<void> {
    const current = this.#current;
    if (current?.id !== id) return;
    current.stopped.resolve('stopped');
    await current.drawing?.stop();
    await current.over;
  }

  /** As {@link PictureRunner.leave}, without its state. */
  async abandon(id: string): Promise<void> {
    const current = this.#current;
    if (current?.id !== id) return;
    current.stopped.resolve('stopped');
    await current.drawing?.abandon();
    await current.over;
  }

  /** Saves the state of what is drawn, which goes on when a runner starts again. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#timer);
    if (this.#current !== undefined) await this.leave(this.#current.id);
  }

  #begin(picture: Picture): void {
    const { promise: over, resolve } = Promise.withResolvers<void>();
    const stopped = Promise.withResolvers<'stopped'>();
    const current: Current = { id: picture.id, stopped, over };
    this.#current = current;
    void this.#draw(picture, current)
      .catch((error) => this.#failToKeep(picture, error))
      .finally(() => {
        this.#current = undefined;
        resolve();
        this.wake();
      });
  }

  async #draw({ id }: Picture, current: Current): Promise<void> {
    const picture = await this.#entries.change(id, ['QUEUED'], { state: 'RUNNING' });
    if (picture === undefined) return;
    const end = await this.#drawnEnd(picture, current);
    this.#entries.rest(id);
    await this.#settle(picture, end);
  }

  async #drawnEnd(picture: Picture, current: Current): Promise<DrawingEnd> {
    try {
      return await this.#drawing(picture, current);
    } catch (cause) {
      return { kind: 'failed', error: describeError(cause), cause };
    }
  }

  /** @throws ApiError UNKNOWN_MODEL, MODEL_MEMORY_FULL, what loading a model throws. */
  async #drawing({ id, settings, source, ...picture }: Picture, current: Current) {
    const { models: registry, busy, threads, niceness, maxPixels, version } = this.#options;
    const found = this.#findModels(picture.models);
    // Whoever ends the server does not wait for a download.
    const located = await Promise.race([found, current.stopped.promise]);
    if (located === 'stopped') {
      found.catch(() => {});
      return STOPPED;
    }
    const { models, parameters } = located;
    const release = registry.hold('drawing a picture', parameters * BYTES_A_PARAMETER);
    try {
      const folder = this.#store.folderOf(id);
      const request = { folder, settings, models, source, threads, niceness, maxPixels, version };
      const drawing = new Drawing({ ...request, busy: busy.memory }, (report) => {
        this.#entries.report(id, report);
        if (report.kind === 'saved') this.#losses.delete(id);
      });
      current.drawing = drawing;
      return await drawing.ended;
    } finally {
      release();
    }
  }

  /** Where models are, and how large they are together: a thread that draws loads them for itself. */
  async #findModels(names: readonly string[]) {
    const models: DrawingModel[] = [];
    let parameters = 0;
    for (const name of names) {
      const { model, release } = await this.#options.models.lease(name);
      models.push({ name, folder: model.folder });
      parameters += model.clip.info.parameters;
      release();
    }
    return { models, parameters };
  }

  /** Removes what only a picture that goes on needs. */
  async forgetState(id: string): Promise<void> {
    this.#notBefore.delete(id);
    this.#losses.delete(id);
    // What stays is removed with the picture.
    await this.#store.forgetState(id).catch(this.#options.onUnexpected);
  }

  async #settle({ id }: Picture, end: DrawingEnd): Promise<void> {
    if (end.kind === 'done') {
      await this.#entries.change(id, ['RUNNING'], { state: 'DONE' });
    } else if (end.kind === 'stopped') {
      await this.#entries.change(id, ['RUNNING'], { state: 'QUEUED' });
    } else {
      await this.#fail(id, end);
    }
    const { state } = this.#entries.find(id) ?? { state: 'CANCELLED' };
    if (state === 'DONE' || state === 'CANCELLED') await this.forgetState(id);
  }

  async #fail(
    id: string,
    { error, cause }: Extract<DrawingEnd, { kind: 'failed' }>,
  ): Promise<void> {
    if (isHidden(error)) this.#options.onUnexpected(cause);
    if (this.#isWaiting(id, error)) {
      await this.#entries.change(id, ['RUNNING'], { state: 'QUEUED' });
    } else {
      this.#losses.delete(id);
      await this.#entries.change(id, ['RUNNING'], { state: 'FAILED', error });
    }
  }

  /** Whether it is tried again, from some time on. */
  #isWaiting(id: string, error: PublicError): boolean {
    const losses = (this.#losses.get(id) ?? 0) + 1;
    const waits = WAITS_FOR.includes(error.code);
    if (!waits && (!meaningOf(error).retryable || losses > RETRIES)) return false;
    this.#losses.set(id, losses);
    this.#wait(id, losses);
    return true;
  }

  #wait(id: string, losses: number): void {
    const wait = Math.min(RETRY_MS.most, RETRY_MS.first * 2 ** (losses - 1));
    this.#notBefore.set(id, performance.now() + wait);
  }

  /** Its record could not be written: it waits until that may be possible. */
  #failToKeep({ id }: Picture, error: unknown): void {
    this.#options.onUnexpected(error);
    this.#wait(id, 1);
    this.#entries.requeue(id);
  }
}

const STOPPED: DrawingEnd = { kind: 'stopped' };
