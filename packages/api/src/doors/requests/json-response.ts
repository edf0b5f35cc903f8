import { LoopSlices } from '../../limits/loop-slices.ts';
import { jsonSlices } from './json-slices.ts';

/** One that is to be sent as it is printed. */
export class SlicedResponse extends Response {}

/**
 * A value as JSON. What is long is printed in slices, each when the one before it is taken: it holds
 * neither the event loop nor its whole text in memory, and its length is not known beforehand.
 */
export function jsonResponse(
  value: unknown,
  { status = 200, headers }: Pick<ResponseInit, 'status' | 'headers'> = {},
): Response {
  const all = new Headers(headers);
  if (!all.has('content-type')) all.set('content-type', 'application/json');
  const texts = jsonSlices(value);
  const first = texts.next().value ?? '';
  const second = texts.next();
  if (second.done) return new Response(first, { status, headers: all });
  return new SlicedResponse(streamOf([first, second.value], texts), { status, headers: all });
}

function streamOf(
  begun: readonly string[],
  texts: Generator<string, void>,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const turns = new LoopSlices();
  return new ReadableStream({
    start: (controller) => {
      for (const text of begun) controller.enqueue(encoder.encode(text));
    },
    pull: async (controller) => {
      await turns.next();
      const { value, done } = texts.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
  });
}
