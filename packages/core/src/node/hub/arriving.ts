import { connectionFailure, type HttpResponse } from './http.ts';

/** Bytes that may wait to be written before no more are taken from the connection. */
const HIGH_WATER = 1 << 22;

/**
 * The bytes of a response as they arrive. All that came before the connection is lost is given; a
 * stream that is iterated would drop what waits in it. To be called in the turn of the event loop in
 * which the response came, so that no event is missed.
 *
 * @returns an iterable that throws PassingError where the connection is lost.
 */
export function arriving({ body, url }: HttpResponse): AsyncIterable<Uint8Array> {
  const waiting: Uint8Array[] = [];
  let bytes = 0;
  let end: { readonly failure?: unknown } | undefined;
  let wake = () => {};
  body.on('data', (chunk: Uint8Array) => {
    waiting.push(chunk);
    bytes += chunk.length;
    if (bytes > HIGH_WATER) body.pause();
    wake();
  });
  body.on('end', () => {
    end ??= {};
    wake();
  });
  body.on('error', (failure) => {
    end ??= { failure };
    wake();
  });

  async function* take(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk = waiting.shift();
      if (chunk !== undefined) {
        bytes -= chunk.length;
        yield chunk;
      } else if (end === undefined) {
        body.resume();
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      } else if ('failure' in end) {
        throw connectionFailure(url, end.failure);
      } else {
        return;
      }
    }
  }
  return take();
}
