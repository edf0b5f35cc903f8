import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { byteText } from '../parts/figures.ts';
import { type FileLimits, fitFile } from '../parts/prepare-file.ts';
import type { Value } from '../server/operation.ts';
import { TEXTS } from '../texts.ts';
import { batchesOf, type NewPicture } from './upload-batches.ts';
import type { Jobs } from './use-jobs.ts';

/** How far pictures are on their way to the server. */
export interface Progress {
  /** The one that is under way, from 1. */
  readonly part: number;
  readonly parts: number;
  /** Whether that part has been sent, and the next one waits until it is indexed. */
  readonly isWaiting: boolean;
}

/** What there is to say of the pictures for a collection. */
export interface Report {
  readonly error: Error | undefined;
  /** Files that were not sent, and why. */
  readonly skipped: readonly string[];
  /** Files that were scaled down, and how. */
  readonly scaled: readonly string[];
}

export interface Sending {
  /** Undefined when all have been sent. */
  readonly progress: Progress | undefined;
  /** It stays until others are sent to the collection. */
  readonly reportOf: (collection: string) => Report;
  /**
   * Pictures come after those that are under way.
   *
   * @param skipped what is known already not to be sent, and why.
   */
  readonly send: (
    collection: string,
    pictures: readonly NewPicture[],
    skipped?: readonly string[],
  ) => void;
  /** What has been sent goes on. */
  readonly stop: () => void;
}

const NO_REPORT: Report = { error: undefined, skipped: [], scaled: [] };

/** What one request sends. */
interface Part {
  readonly collection: string;
  readonly pictures: readonly NewPicture[];
  /** All pictures that it was sent with. */
  readonly whole: readonly NewPicture[];
  readonly limits: FileLimits;
}

interface Run {
  readonly control: AbortController;
  /** More may come while they are sent. */
  readonly parts: Part[];
}

/**
 * Sends pictures to be indexed, a part at a time: the next one when the job of the last is over, so that neither side
 * holds more than one. Where a job is cancelled or fails, no more is sent of what it was a part of. Files that the
 * server would not accept are scaled down, one after another.
 *
 * @param onStarted is told of each part, from 1, whose job has begun.
 * @param limits of the server; nothing is scaled down while they are unknown.
 */
export function useSending(
  { startIndex, follow }: Jobs,
  onStarted: (part: number) => void,
  limits: FileLimits = UNLIMITED,
): Sending {
  const [progress, setProgress] = useState<Progress>();
  const [reports, setReports] = useState<ReadonlyMap<string, Report>>(new Map());
  const current = useRef<Run | undefined>(undefined);
  useEffect(() => () => current.current?.control.abort(), []);

  const report = useCallback(
    (collection: string, change: (last: Report) => Partial<Report>) =>
      setReports((all) => {
        const last = all.get(collection) ?? NO_REPORT;
        return new Map(all).set(collection, { ...last, ...change(last) });
      }),
    [],
  );

  const sendAll = useCallback(
    async ({ parts, control: { signal } }: Run) => {
      const ended = new Set<readonly NewPicture[]>();
      for (const [i, part] of parts.entries()) {
        const { collection, whole } = part;
        if (ended.has(whole)) continue;
        setProgress({ part: i + 1, parts: parts.length, isWaiting: false });
        const tell = (change: (last: Report) => Partial<Report>) => {
          if (!signal.aborted) report(collection, change);
        };
        try {
          const items = await itemsOf(part, {
            skip: (sentence) => tell(({ skipped }) => ({ skipped: [...skipped, sentence] })),
            say: (sentence) => tell(({ scaled }) => ({ scaled: [...scaled, sentence] })),
            signal,
          });
          if (items.length === 0) continue;
          const job = await startIndex({ collection, thumbnails: true, items }, signal);
          signal.throwIfAborted();
          onStarted(i + 1);
          if (i + 1 === parts.length) continue;
          setProgress({ part: i + 1, parts: parts.length, isWaiting: true });
          if ((await follow(job)).state !== 'DONE') ended.add(whole);
        } catch (error) {
          ended.add(whole);
          tell(() => ({ error: error as Error }));
        }
        if (signal.aborted) return;
      }
      current.current = undefined;
      setProgress(undefined);
    },
    [startIndex, follow, onStarted, report],
  );

  const send = useCallback(
    (collection: string, pictures: readonly NewPicture[], skipped: readonly string[] = []) => {
      const run = current.current;
      const isMore = run?.parts.some((part) => part.collection === collection) ?? false;
      report(collection, (last) =>
        isMore ? { skipped: [...last.skipped, ...skipped] } : { ...NO_REPORT, skipped },
      );
      const parts = batchesOf(pictures, limits.imageBytes).map(
        (batch): Part => ({ collection, pictures: batch, whole: pictures, limits }),
      );
      if (run !== undefined) {
        run.parts.push(...parts);
        setProgress((last) => last && { ...last, parts: run.parts.length });
      } else if (parts.length > 0) {
        current.current = { parts, control: new AbortController() };
        void sendAll(current.current);
      }
    },
    [sendAll, report, limits],
  );
  const stop = useCallback(() => {
    current.current?.control.abort();
    current.current = undefined;
    setProgress(undefined);
  }, []);
  const reportOf = (collection: string) => reports.get(collection) ?? NO_REPORT;
  return { progress, reportOf, send, stop };
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
async function itemsOf({ pictures, limits }: Part, reading: Reading): Promise<readonly Value[]> {
  const items: Value[] = [];
  for (const picture of pictures) {
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
