import type { ServerResponse } from 'node:http';
import { roomToWrite } from './room-to-write.ts';

/** Server-sent events. */
export const isEventStream = ({ headers }: Response): boolean =>
  headers.get('content-type')?.startsWith('text/event-stream') ?? false;

/**
 * Sends a stream of events, whose headers are written. News may be long in coming, so a client has its
 * time for each piece. A client that goes is forgotten at once.
 *
 * @param cut breaks the stream off in the middle: had it an end, clients would take its subject to be over,
 *   and not try again.
 */
export async function sendEvents(
  events: ReadableStream<Uint8Array>,
  to: ServerResponse,
  transferMs: (bytes: number) => number,
  cut: AbortSignal,
): Promise<void> {
  const reader = events.getReader();
  const stop = () => void reader.cancel().catch(() => {});
  const breakOff = () => to.socket?.destroySoon();
  to.once('close', stop);
  cut.addEventListener('abort', breakOff);
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done || to.destroyed) break;
      if (!to.write(value)) await roomToWrite(to, transferMs(value.length));
    }
    if (!cut.aborted) to.end();
  } finally {
    to.off('close', stop);
    cut.removeEventListener('abort', breakOff);
  }
}
