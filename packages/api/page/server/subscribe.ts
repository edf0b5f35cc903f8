import { type GraphqlAnswer, openStream, ServerError, sleep } from './ask.ts';
import { eventReader } from './event-stream.ts';
import type { Operation } from './operation.ts';
import { streamTurn } from './stream-turns.ts';

/** Milliseconds until a stream that broke is asked for again; each further time twice as long. */
const FIRST_WAIT = 500;
const LONGEST_WAIT = 15_000;

/**
 * Follows a subscription until it is complete, once there is a connection for it. Where its stream breaks, as it does
 * when the server restarts, it subscribes again.
 *
 * @param onNext gets the value of its field.
 * @throws ServerError of a server that answers, but not that; the signal's reason.
 */
export async function subscribe<Answer>(
  operation: Operation,
  onNext: (answer: Answer) => void,
  signal: AbortSignal,
): Promise<void> {
  const end = await streamTurn(signal);
  try {
    for (let wait = FIRST_WAIT; ; wait = Math.min(LONGEST_WAIT, 2 * wait)) {
      try {
        const next = (answer: Answer) => {
          wait = FIRST_WAIT;
          onNext(answer);
        };
        if (await follow(operation, next, signal)) return;
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof ServerError && error.code !== undefined) throw error;
      }
      await sleep(wait, signal);
    }
  } finally {
    end();
  }
}

/** @returns whether the stream said that it is complete. */
async function follow<Answer>(
  operation: Operation,
  onNext: (answer: Answer) => void,
  signal: AbortSignal,
): Promise<boolean> {
  const read = eventReader();
  const decoder = new TextDecoder();
  const reader = (await openStream(operation, signal)).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return false;
    for (const { event, data } of read(decoder.decode(value, { stream: true }))) {
      if (event === 'complete') return true;
      if (event !== 'next') continue;
      const { data: answer, errors } = JSON.parse(data) as GraphqlAnswer;
      const error = errors?.[0];
      if (error !== undefined) throw new ServerError(error.message, error.extensions?.code);
      onNext(answer![operation.field] as Answer);
    }
  }
}
