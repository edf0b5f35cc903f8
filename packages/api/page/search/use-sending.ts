import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { byteText } from '../parts/figures.ts';
import { type FileLimits, fitFile } from '../parts/prepare-file.ts';
import type { Value } from '../server/operation.ts';
import { TEXTS } from '../texts.ts';
import { batchesOf, type NewPicture } from './upload-batches.ts';
import type { Jobs } from './use-jobs.ts';

/** How far pictures are on their way to the server. */
export interface Sending {
  /** Where they go. */
  readonly collection: string;
  /** Of the part that is under way, from 1; undefined when all have been sent. */
  readonly part: number | undefined;
  /** Whether that part has been sent, and the next one waits until it is indexed. */
  readonly isWaiting: boolean;
  readonly parts: number;
  readonly error: Error | undefined;
  /** Files that were not sent, and why; these two stay until others are sent. */
  readonly skipped: readonly string[];
  /** Files that were scaled down, and how. */
  readonly scaled: readonly string[];
}

export interface UsedSending extends Sending {
  /** @param skipped what is known already not to be sent, and why. */
  readonly send: (
    collection: string,
    pictures: readonly NewPicture[],
    skipped?: readonly string[],
  ) => void;
  /** What has been sent goes on. */
  readonly stop: () => void;
}

const NOT_SENDING = { part: undefined, isWaiting: false, parts: 0, error: undefined };
const NOTHING: Sending = { ...NOT_SENDING, collection: '', skipped: [], scaled: [] };

/**
 * Sends pictures to be indexed, a part at a time: the next one when the job of the last is over, so that neither side
 * holds more than one. A job that is cancelled or fails is the last. Files that the server would not accept are scaled
 * down, one after another.
 *
 * @param limits of the server; nothing is scaled down while they are unknown.
 */
export function useSending(
  { startIndex, follow }: Jobs,
  limits: FileLimits = UNLIMITED,
): UsedSending {
  const [sending, setSending] = useState(NOTHING);
  const control = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => control.current?.abort(), []);

  const send = useCallback(
    (collection: string, pictures: readonly NewPicture[], skipped: readonly string[] = []) => {
      control.current?.abort();
      const mine = new AbortController();
      control.current = mine;
      const { signal } = mine;
      const tell = (change: Partial<Sending> | ((last: Sending) => Partial<Sending>)) => {
        if (control.current !== mine) return;
        setSending((last) => ({
          ...last,
          ...(typeof change === 'function' ? change(last) : change),
        }));
      };
      const skip = (sentence: string) => tell((last) => ({ skipped: [...last.skipped, sentence] }));
      const say = (sentence: string) => tell((last) => ({ scaled: [...last.scaled, sentence] }));
      const batches = batchesOf(pictures, limits.imageBytes);
      const run = async () => {
        for (const [i, batch] of batches.entries()) {
          tell({ part: i + 1, parts: batches.length, isWaiting: false });
          const items = await itemsOf(batch, limits, { skip, say, signal });
          if (items.length === 0) continue;
          const job = await startIndex({ collection, thumbnails: true, items }, signal);
          if (signal.aborted || i + 1 === batches.length) break;
          tell({ isWaiting: true });
          if ((await follow(job)).state !== 'DONE' || signal.aborted) break;
        }
      };
      tell({ ...NOTHING, collection, skipped });
      run().then(
        () => tell(NOT_SENDING),
        (error: Error) => signal.aborted || tell({ ...NOT_SENDING, error }),
      );
    },
    [startIndex, follow, limits],
  );
  const stop = useCallback(() => {
    control.current?.abort();
    setSending((last) => ({ ...last, ...NOT_SENDING }));
  }, []);
  return { ...sending, send, stop };
}

const UNLIMITED: FileLimits = {
  imageBytes: Number.POSITIVE_INFINITY,
  imageMegapixels: Number.POSITIVE_INFINITY,
};

interface Reading {
  /** Told why a file is not sent. */
  readonly skip: (sentence: string) => void;
  /** Told what was done to a file first. */
  readonly say: (sentence: string) => void;
  readonly signal: AbortSignal;
}

/** Read one after another. */
async function itemsOf(
  batch: readonly NewPicture[],
  limits: FileLimits,
  reading: Reading,
): Promise<readonly Value[]> {
  const items: Value[] = [];
  for (const picture of batch) {
    const item = await itemOf(picture, limits, reading);
    reading.signal.throwIfAborted();
    if (item !== undefined) items.push(item);
  }
  return items;
}

/** As `IndexItem`. @returns undefined for a file that cannot be sent. */
async function itemOf(
  { key, metadata, source }: NewPicture,
  limits: FileLimits,
  { skip, say }: Reading,
): Promise<Value | undefined> {
  const more = Object.keys(metadata).length > 0 && { metadata };
  if (typeof source === 'string') return { key, url: source, ...more };
  const { file, change } = await fitFile(source, limits);
  if (file.size > limits.imageBytes) {
    skip(TEXTS.index.tooLarge(key, byteText(file.size), byteText(limits.imageBytes)));
    return undefined;
  }
  if (change !== undefined) say(TEXTS.index.scaled(key, change));
  return { key, url: await dataUrl(file), ...more };
}

function dataUrl(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener('load', () => resolve(reader.result as string));
    reader.addEventListener('error', () => reject(reader.error));
    reader.readAsDataURL(file);
  });
}
