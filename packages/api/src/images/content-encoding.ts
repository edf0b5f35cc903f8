import { pipeline, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { ApiError } from '../errors/api-error.ts';
import { shorten } from '../errors/one-line.ts';

const DECOMPRESSORS = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
} as const;

/**
 * A body without its content-encoding, a chunk at a time: whoever reads it can stop at any size.
 *
 * @throws ApiError IMAGE_FETCH_FAILED for an encoding that is not known, or several.
 */
export function decompressed(body: Readable, encoding: string): AsyncIterable<Uint8Array> {
  const name = encoding.trim().toLowerCase();
  if (name === '' || name === 'identity') return body;
  if (Object.hasOwn(DECOMPRESSORS, name)) {
    const decompressor = DECOMPRESSORS[name as keyof typeof DECOMPRESSORS]();
    // An error of either reaches the reader through the second.
    return pipeline(body, decompressor, () => {});
  }
  throw new ApiError(
    'IMAGE_FETCH_FAILED',
    `expected content-encoding gzip, deflate, br or none, got ${JSON.stringify(shorten(encoding, 40))}`,
  );
}
