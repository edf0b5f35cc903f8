import { Worker } from 'node:worker_threads';
import { moduleBeside, THREAD_ARGUMENTS } from '../../threads/module-beside.ts';
import { Slots } from '../slots.ts';

/** The longer side, in pixels. */
export const THUMBNAIL_SIDE = 256;

/** What a thread answers; undefined where there is no picture to be had. */
export type ThumbnailReply = Uint8Array | undefined;

/** A JPEG of at most 256 × 256 pixels; undefined for what cannot be decoded. */
export type MakeThumbnail = (bytes: Uint8Array, signal: AbortSignal) => Promise<ThumbnailReply>;

/** Makes thumbnails in a thread that can be done without, one at a time. */
export interface Thumbnails {
  readonly make: MakeThumbnail;
  close(): Promise<void>;
}

const SCRIPT = moduleBeside(import.meta.url, 'thumbnail-worker');
/** Milliseconds that a picture may take; the model has decoded it already. */
const TIMEOUT = 30_000;

/** @param isBackground whether it is behind all else that runs on this machine; yes unless given. */
export function createThumbnails(isBackground = true): Thumbnails {
  const slot = new Slots(1);
  let worker: Worker | undefined;
  const end = async () => {
    const ended = worker;
    worker = undefined;
    await ended?.terminate();
  };
  const ask = (bytes: Uint8Array): Promise<ThumbnailReply> => {
    const { promise, resolve } = Promise.withResolvers<ThumbnailReply>();
    worker ??= startThread(isBackground);
    const thread = worker;
    // A picture that is too much for the thread has no thumbnail, and the next one a new thread.
    const give = () => {
      resolve(undefined);
      void end();
    };
    const timer = setTimeout(give, TIMEOUT);
    thread.ref();
    thread.once('message', resolve).once('error', give).once('exit', give);
    thread.postMessage(bytes);
    return promise.finally(() => {
      clearTimeout(timer);
      // Not all listeners: some are the thread's own, by which its messages come.
      thread.off('message', resolve).off('error', give).off('exit', give);
      thread.unref();
    });
  };
  return {
    make: async (bytes, signal) => {
      const release = await slot.take(signal);
      try {
        return await ask(bytes);
      } finally {
        release();
      }
    },
    close: end,
  };
}

function startThread(isBackground: boolean): Worker {
  const thread = new Worker(SCRIPT, {
    execArgv: THREAD_ARGUMENTS,
    workerData: { isBackground },
  });
  // Between two pictures nobody else listens.
  return thread.on('error', () => {});
}
