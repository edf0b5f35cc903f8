import type { PixelTensor } from '@clipql/core';
import { describeError, type PublicError } from '../errors/public-error.ts';
import type { NewRow } from './embedding-file.ts';
import type { FileVersion } from './file-version.ts';
import { inOrder } from './in-order.ts';

/** What turns files into embeddings. */
export interface Embedder {
  /** @throws for a file that is no image: its row then holds the error. */
  prepare(file: string): Promise<PixelTensor>;
  /** Files that are prepared at a time. */
  readonly atOnce: number;
  /** One array of E values an image. @throws for what no later image would survive either. */
  encode(pixels: readonly PixelTensor[]): Promise<readonly Float32Array[]>;
}

/**
 * Embeds files in their order, batch by batch. While one batch is in the model, those after it are
 * read and decoded, up to two of them ahead.
 */
export async function* embedBatches(
  files: readonly FileVersion[],
  { prepare, atOnce, encode }: Embedder,
  batch: number,
): AsyncGenerator<readonly NewRow[]> {
  const prepareOne = async (version: FileVersion): Promise<Prepared> => {
    try {
      return { version, pixels: await prepare(version.file) };
    } catch (error) {
      return { version, error: describeError(error) };
    }
  };
  const encodeGroup = async (group: readonly Prepared[]): Promise<readonly NewRow[]> => {
    const pixels = group.flatMap((image) => image.pixels ?? []);
    const embeddings = (pixels.length === 0 ? [] : await encode(pixels)).values();
    return group.map(({ version, pixels, error }) =>
      pixels
        ? { ...version, embedding: embeddings.next().value! }
        : { ...version, ...(error && { error }) },
    );
  };

  let group: Prepared[] = [];
  for await (const prepared of inOrder(files, prepareOne, { atOnce, ahead: 2 * batch })) {
    group.push(prepared);
    if (group.length < batch) continue;
    yield await encodeGroup(group);
    group = [];
  }
  if (group.length > 0) yield await encodeGroup(group);
}

interface Prepared {
  readonly version: FileVersion;
  readonly pixels?: PixelTensor;
  readonly error?: PublicError;
}
