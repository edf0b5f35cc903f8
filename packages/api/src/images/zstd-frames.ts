import { createZstdDecompress, type ZstdDecompress } from 'node:zlib';

/**
 * Unpacks a body in Zstandard, which is one or more frames (RFC 8878, 3). Node's decompressor stops at a
 * frame that ends within a chunk, and drops the rest; so the rest goes to another.
 *
 * @throws what Node throws for bytes that are no frame or a part of one; and what reading `body` throws.
 */
export async function* unpackedFrames(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array();
  /** Writes until the decompressor stops, or the body ends; then nothing is left. */
  const feed = async (decompressor: ZstdDecompress): Promise<void> => {
    for (;;) {
      if (rest.length === 0) {
        const next = await chunks.next();
        if (next.done) {
          decompressor.end();
          return;
        }
        rest = next.value;
      }
      const taken = await write(decompressor, rest);
      const stopped = taken < rest.length;
      rest = rest.subarray(taken);
      if (stopped) return;
    }
  };
  do {
    const decompressor = createZstdDecompress();
    const fed = feed(decompressor).catch((error: Error) => decompressor.destroy(error));
    yield* decompressor;
    await fed;
  } while (rest.length > 0);
}

/** @returns how many of the bytes were taken. */
function write(decompressor: ZstdDecompress, bytes: Uint8Array): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const { bytesWritten } = decompressor;
  decompressor.write(bytes, (error) => {
    if (error) reject(error);
    else resolve(decompressor.bytesWritten - bytesWritten);
  });
  return promise;
}
