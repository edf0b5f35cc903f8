import type { PixelTensor } from '@clipql/core';
import { describeError, type PublicError } from '../errors/public-error.ts';
import type { NewRow } from './embedding-file.ts';

/** What turns files into embeddings. */
export interface Embedder {
  /** @throws for a file that is no image: its row then holds the error. */
  prepare(file: string): Promise<PixelTensor>;
  /** One array of E values an image. @throws for what no later image would survive either. */
  encode(pixels: readonly PixelTensor[]): Promise<readonly Float32Array[]>;
}

/**
 * Embeds files in their order, batch by batch. While one batch is in the model, the next one is read
 * and decoded.
 */
export async function* embedBatches(
  files: readonly string[],
  { prepare, encode }: Embedder,
  batch: number,
): AsyncGenerator<readonly NewRow[]> {
  /** One after another: each may hold a file and its pixels. */
  const prepareAt = async (start: number): Promise<Prepared[]> => {
    const batchFiles = files.slice(start, start + batch);
    const prepared: Prepared[] = [];
    for (const file of batchFiles) {
      try {
        prepared.push({ file, pixels: await prepare(file) });
      } catch (error) {
        prepared.push({ file, error: describeError(error) });
      }
    }
    return prepared;
  };

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
