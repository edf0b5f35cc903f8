import { access, constants, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RgbImage } from '@clipql/core';
import { writeAtomically } from '../files/atomic-write.ts';
import { writing } from '../files/writing.ts';

/** What is kept of a picture while it is drawn: its state, and the frames of how it came to be. */
export class PictureFolder {
  readonly path: string;
  readonly #side: number;

  /** @param side of the picture, in pixels. */
  constructor(path: string, side: number) {
    this.path = path;
    this.#side = side;
  }

  /** The state of the last save; undefined if there was none. */
  async readState(): Promise<Uint8Array | undefined> {
    return readFile(this.#statePath).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
  }

  /** Whatever happens then, either this state or the last one is there. @throws ApiError OUTPUT_UNWRITABLE. */
  async writeState(state: Uint8Array): Promise<void> {
    await writing(this.path, async () => {
      await mkdir(this.path, { recursive: true });
      await writeAtomically(this.#statePath, state);
    });
  }

  /** Whether there are frames, as of a run that keeps them. */
  async hasFrames(): Promise<boolean> {
    return access(this.#framesPath).then(
      () => true,
      () => false,
    );
  }

  /** Keeps a frame at its place, on the disk before a state that counts on it. @throws ApiError OUTPUT_UNWRITABLE. */
  async writeFrame(index: number, { data }: RgbImage): Promise<void> {
    await writing(this.path, async () => {
      await mkdir(this.path, { recursive: true });
      const file = await open(this.#framesPath, constants.O_RDWR | constants.O_CREAT);
      try {
        await file.write(data, 0, data.length, index * data.length);
        await file.sync();
      } finally {
        await file.close();
      }
    });
  }

  /** The first frames, in their order. */
  async *frames(count: number): AsyncGenerator<RgbImage> {
    const bytes = 3 * this.#side ** 2;
    const file = await open(this.#framesPath, 'r');
    try {
      for (let index = 0; index < count; index++) {
        const data = new Uint8Array(bytes);
        await file.read(data, 0, bytes, index * bytes);
        yield { width: this.#side, height: this.#side, channels: 3, data };
      }
    } finally {
      await file.close();
    }
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }

  get #statePath(): string {
    return join(this.path, 'state');
  }

  get #framesPath(): string {
    return join(this.path, 'frames.rgb');
  }
}
