import { GRADIENT_ARENA_BYTES } from '@clipql/core';
import { describeError, isHidden } from '../errors/public-error.ts';
import type { ModelRegistry } from '../models/registry.ts';
import type { BusySignal } from '../threads/busy-signal.ts';
import { Drawing } from './drawing.ts';
import type { DrawingEnd, DrawingModel } from './drawing-protocol.ts';
import type { Picture } from './picture.ts';
import type { PictureEntries } from './picture-entries.ts';
import { PictureRetries } from './picture-retries.ts';
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
  /** Told what a picture waits for. */
  readonly warn: (message: string) => void;
  /** Told of what no user can do anything about. */
  readonly onUnexpected: (error: unknown) => void;
}

/** What is drawn now. */
interface Current {
  readonly id: string;
  drawing?: Drawing;
  /** Whether it has to stop. */
  isStopped: boolean;
  /** Resolves once it has to. */
  readonly stopped: PromiseWithResolvers<void>;
  /** Resolves once its thread has ended and its record is written. */
  readonly over: Promise<void>;
}

const BYTES_A_PARAMETER = 4;

/** Draws pictures one at a time, in the order in which they came. */
export class PictureRunner {
  readonly #entries: PictureEntries;
  readonly #store: Pick<PictureStore, 'folderOf' | 'forgetState'>;
  readonly #options: DrawingOptions;
  readonly #retries = new PictureRetries();
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

  /** Draws the next picture, if there is one. @param resumed is tried at once, whatever it failed with before. */
  wake(resumed?: string): void {
    if (resumed !== undefined) this.#retries.forget(resumed);
    if (!this.#isStarted || this.#isStopping || this.#current !== undefined) return;
    clearTimeout(this.#timer);
    const queued = this.#entries.list().filter(({ state }) => state === 'QUEUED');
    const waitOf = ({ id }: Picture) => this.#retries.until(id);
    const next = queued.find((picture) => waitOf(picture) <= 0);
    if (next !== undefined) this.#begin(next);
    if (next !== undefined || queued.length === 0) return;
    this.#timer = setTimeout(() => this.wake(), Math.min(...queued.map(waitOf))).unref();
  }

  /** Stops drawing a picture, if it is the one that is drawn, and saves its state. */
  async leave(id: string): Promise<void> {
    const current = this.#stopped(id);
    await current?.drawing?.stop();
    await current?.over;
  }

  /** As {@link PictureRunner.leave}, but its state is not saved. */
  async abandon(id: string): Promise<void> {
    this.#retries.forget(id);
    const current = this.#stopped(id);
    await current?.drawing?.abandon();
    await current?.over;
  }

  /** Saves the state of what is drawn, which goes on when a runner starts again. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#timer);
    if (this.#current !== undefined) await this.leave(this.#current.id);
  }

  /** What is drawn now if it is this picture, marked as not to be drawn. */
  #stopped(id: string): Current | undefined {
    if (this.#current?.id !== id) return undefined;
    this.#current.isStopped = true;
    this.#current.stopped.resolve();
    return this.#current;
  }

  #begin(picture: Picture): void {
    const { promise: over, resolve } = Promise.withResolvers<void>();
    const stopped = Promise.withResolvers<void>();
    const current: Current = { id: picture.id, isStopped: false, stopped, over };
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
    const { models: registry, busy, threads, niceness, maxPixels, version, warn } = this.#options;
    const found = this.#findModels(picture.models);
    // Whoever ends the server does not wait for a download.
    const located = await Promise.race([found, current.stopped.promise]);
    // The race may find the models though it is stopped. From here on, `leave` finds a drawing to stop.
    if (located === undefined || current.isStopped) {
      found.catch(() => {});
      return STOPPED;
    }
    const { models, parameters } = located;
    const bytes = parameters * BYTES_A_PARAMETER + models.length * GRADIENT_ARENA_BYTES;
    const release = registry.hold('drawing a picture', bytes, picture.models);
    try {
      const folder = this.#store.folderOf(id);
      const request = { folder, settings, models, source, threads, niceness, maxPixels, version };
      const drawing = new Drawing({ ...request, busy: busy.memory }, (report) => {
        this.#entries.report(id, report);
        if (report.kind === 'saved') this.#retries.forget(id);
        if (report.kind !== 'begun' || report.anew === undefined) return;
        warn(`a picture is drawn anew: ${report.anew}`);
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
    this.#retries.forget(id);
    // What cannot be removed now goes with the picture.
    await this.#store.forgetState(id).catch(this.#options.onUnexpected);
  }

  async #settle({ id }: Picture, end: DrawingEnd): Promise<void> {
    if (end.kind === 'done') {
      await this.#entries.change(id, ['RUNNING'], { state: 'DONE' });
    } else if (end.kind === 'stopped') {
      await this.#entries.change(id, ['RUNNING'], QUEUED);
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
    const after = this.#retries.after(id, error);
    if (after !== 'STILL_WAITS') {
      if (isHidden(error)) this.#options.onUnexpected(cause);
      else if (after === 'WAITS') this.#options.warn(`a picture waits: ${error.message}`);
    }
    const change = after === 'FAILS' ? ({ state: 'FAILED', error } as const) : QUEUED;
    await this.#entries.change(id, ['RUNNING'], change);
  }

  /** Queues a picture whose record could not be written, to be tried again later. */
  #failToKeep({ id }: Picture, error: unknown): void {
    const after = this.#retries.wait(id, 'PICTURE_NOT_KEPT');
    if (after === 'WAITS') this.#options.onUnexpected(error);
    this.#entries.requeue(id);
  }
}

const STOPPED: DrawingEnd = { kind: 'stopped' };
const QUEUED = { state: 'QUEUED' } as const;
