/** Bytes given to the inflater at once: deflate makes at most 1032 times as many of them. */
const PIECE = 65_536;

/**
 * Inflates a zlib stream (RFC 1950) piece by piece, never further than the caller reads: leaving
 * the loop stops it, so a bomb costs one piece.
 *
 * @throws whatever the platform throws for a damaged stream; a stream that is cut short either
 *   throws or ends early.
 */
export async function* inflated(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  const pieces = cut(parts);
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      const { value, done } = pieces.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
  const reader = source.pipeThrough(new DecompressionStream('deflate')).getReader();
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    // The stream may have failed already; what it failed with has been thrown above.
    await reader.cancel().catch(() => undefined);
  }
}

function* cut(parts: readonly Uint8Array[]): Generator<Uint8Array<ArrayBuffer>, void> {
  for (const part of parts) {
    for (let at = 0; at < part.length; at += PIECE) {
      yield part.subarray(at, at + PIECE) as Uint8Array<ArrayBuffer>;
    }
  }
}
