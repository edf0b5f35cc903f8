import { createHash } from 'node:crypto';
import { appendFile, mkdir, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clip } from '@clipql/core';
import type { LabelledImage } from '../accuracy/labelled-set.ts';

const IMAGES_A_BATCH = 8;
const IMAGES_A_LINE = 1000;
const HASH_BYTES = 16;

/**
 * The embeddings of images, kept in a file, so that a run that is repeated or was killed embeds only what is new. The
 * file has a record for each image: a hash of its bytes, and its embedding as little-endian float32.
 */
export class EmbeddingCache {
  readonly #clip: Clip;
  readonly #file: string;
  readonly #embeddings = new Map<string, Float32Array>();

  private constructor(clip: Clip, file: string) {
    this.#clip = clip;
    this.#file = file;
  }

  /** The cache of a model in a folder; the name of its file says what the model makes of a fixed image. */
  static async open(folder: string, clip: Clip): Promise<EmbeddingCache> {
    const { imageSize: size } = clip.info;
    const data = Float32Array.from({ length: 3 * size * size }, (_, i) => Math.sin(i));
    const [embedding] = await clip.encodeImages([{ size, data }]);
    const model = createHash('sha256').update(bytesOf(embedding!)).digest('hex').slice(0, 16);
    await mkdir(folder, { recursive: true });
    const cache = new EmbeddingCache(clip, join(folder, `${clip.info.name}-${model}.embeddings`));
    await cache.#load();
    return cache;
  }

  async #load(): Promise<void> {
    const bytes = await readFile(this.#file).catch(() => Buffer.alloc(0));
    const record = HASH_BYTES + this.#clip.info.embeddingWidth * Float32Array.BYTES_PER_ELEMENT;
    const whole = bytes.length - (bytes.length % record);
    for (let start = 0; start < whole; start += record) {
      const hash = bytes.toString('hex', start, start + HASH_BYTES);
      const values = Uint8Array.from(bytes.subarray(start + HASH_BYTES, start + record));
      this.#embeddings.set(hash, new Float32Array(values.buffer));
    }
    if (whole < bytes.length) await truncate(this.#file, whole);
  }

  /**
   * The embeddings of images, [E] each, in their order.
   *
   * @throws ClipError for an image that cannot be decoded.
   */
  async embed(
    images: readonly LabelledImage[],
    progress: (line: string) => void,
  ): Promise<readonly Float32Array[]> {
    const hashes: string[] = [];
    const missing = new Map<string, Uint8Array>();
    for (const image of images) {
      const bytes = await image.read();
      const hash = createHash('sha256')
        .update(bytes)
        .digest('hex')
        .slice(0, 2 * HASH_BYTES);
      hashes.push(hash);
      if (!this.#embeddings.has(hash)) missing.set(hash, bytes);
    }
    const left = [...missing];
    for (let start = 0; start < left.length; start += IMAGES_A_BATCH) {
      if (start % IMAGES_A_LINE === 0) progress(`embedding image ${start} of ${left.length}`);
      await this.#add(left.slice(start, start + IMAGES_A_BATCH));
    }
    return hashes.map((hash) => this.#embeddings.get(hash)!);
  }

  async #add(batch: readonly (readonly [hash: string, bytes: Uint8Array])[]): Promise<void> {
    const embeddings = await this.#clip.encodeImages(batch.map(([, bytes]) => bytes));
    const records = batch.map(([hash], i) =>
      Buffer.concat([Buffer.from(hash, 'hex'), bytesOf(embeddings[i]!)]),
    );
    await appendFile(this.#file, Buffer.concat(records));
    for (const [i, [hash]] of batch.entries()) this.#embeddings.set(hash, embeddings[i]!);
  }
}

const bytesOf = (values: Float32Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
