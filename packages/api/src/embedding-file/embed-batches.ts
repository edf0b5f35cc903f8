import type { PixelTensor } from '@clipql/core';
import { describeError, type PublicError } from '../errors.ts';
import { mapLimited } from '../map-limited.ts';
import type { NewRow } from './embedding-file.ts';

/** What turns files into embeddings. */
export interface Embedder {
  /** @throws for a file that is no image: its row then holds the error. */
  prepare(file: string): Promise<PixelTensor>;
  /** One array of E values an image. @throws for what no later image would survive either. */
  encode(pixels: readonly PixelTensor[]): Promise<readonly Float32Array[]>;
}

/** Images that are read and decoded at a time: one waits for the disk while another is decoded. */
const CONCURRENT_IMAGES = 2;

/**
 * Embeds files in their order, batch by batch. While one batch is in the model, the next one is read
 * and decoded.
 */
export async function* embedBatches(
  files: readonly string[],
  { prepare, encode }: Embedder,
  batch: number,
): AsyncGenerator<readonly NewRow[]> {
  const prepareAt = (start: number): Promise<Prepared[]> =>
    mapLimited(files.slice(start, start + batch), CONCURRENT_IMAGES, async (file) => {
      try {
        return { file, pixels: await prepare(file) };
      } catch (error) {
        return { file, error: describeError(error) };
      }
    });

  let next = prepareAt(0);
  for (let start = 0; start < files.length; start += batch) {
    const prepared = await next;
    next = prepareAt(start + batch);
    const pixels = prepared.flatMap((image) => image.pixels ?? []);
    const embeddings = (pixels.length === 0 ? [] : await encode(pixels)).values();
    yield prepared.map(({ file, pixels, error }) =>
      pixels ? { file, embedding: embeddings.next().value! } : { file, ...(error && { error }) },
    );
  }
}

interface Prepared {
  readonly file: string;
  readonly pixels?: PixelTensor;
  readonly error?: PublicError;
}
