import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Value } from '../server/operation.ts';
import { batchesOf, type NewPicture } from './upload-batches.ts';
import type { Jobs } from './use-jobs.ts';

/** How far pictures are on their way to the server. */
export interface Sending {
  /** Of the part that is under way, from 1; undefined when all have been sent. */
  readonly part: number | undefined;
  /** Whether that part has been sent, and the next one waits until it is indexed. */
  readonly isWaiting: boolean;
  readonly parts: number;
  readonly error: Error | undefined;
}

export interface UsedSending extends Sending {
  readonly send: (collection: string, pictures: readonly NewPicture[]) => void;
  /** What has been sent goes on. */
  readonly stop: () => void;
}

const NOTHING: Sending = { part: undefined, isWaiting: false, parts: 0, error: undefined };

/**
 * Sends pictures to be indexed, a part at a time: the next one when the job of the last is over, so that neither side
 * holds more than one. A job that is cancelled or fails is the last.
 */
export function useSending({ startIndex, follow }: Jobs): UsedSending {
  const [sending, setSending] = useState(NOTHING);
  const control = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => control.current?.abort(), []);

  const send = useCallback(
    (collection: string, pictures: readonly NewPicture[]) => {
      control.current?.abort();
      const mine = new AbortController();
      control.current = mine;
      const { signal } = mine;
      const batches = batchesOf(pictures);
      const run = async () => {
        for (const [i, batch] of batches.entries()) {
          const step = { part: i + 1, parts: batches.length, error: undefined };
          setSending({ ...step, isWaiting: false });
          const items = await Promise.all(batch.map(itemOf));
          signal.throwIfAborted();
          const job = await startIndex({ collection, thumbnails: true, items }, signal);
          if (signal.aborted || i + 1 === batches.length) break;
          setSending({ ...step, isWaiting: true });
          if ((await follow(job)).state !== 'DONE' || signal.aborted) break;
        }
      };
      run().then(
        () => control.current === mine && setSending(NOTHING),
        (error: Error) => {
          if (!signal.aborted) setSending({ ...NOTHING, error });
        },
      );
    },
    [startIndex, follow],
  );
  const stop = useCallback(() => {
    control.current?.abort();
    setSending(NOTHING);
  }, []);
  return { ...sending, send, stop };
}

async function itemOf({ key, metadata, source }: NewPicture): Promise<Value> {
  const url = typeof source === 'string' ? source : await dataUrl(source);
  return { key, url, ...(Object.keys(metadata).length > 0 && { metadata }) };
}

function dataUrl(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener('load', () => resolve(reader.result as string));
    reader.addEventListener('error', () => reject(reader.error));
    reader.readAsDataURL(file);
  });
}
