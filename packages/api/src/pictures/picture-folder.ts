import { constants, mkdir, open, readdir, readFile, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RgbImage } from '@clipql/core';
import { isHalfWritten, writeAtomically } from '../files/atomic-write.ts';
import { ifThere } from '../files/if-there.ts';
import { writing } from '../files/writing.ts';

/** In the folder, the state. */
export const STATE_FILE = 'state';
const FRAMES = 'frames.rgb';

/** What is kept of a picture while it is drawn: its state, and the frames of how it came to be. */
export class PictureFolder {
  readonly path: string;
  readonly #side: number;

  /** @param side of the picture, in pixels. */
  constructor(path: string, side: number) {
    this.path = path;
    this.#side = side;
  }

  /** Whether there is a state. */
  async hasState(): Promise<boolean> {
    return (await ifThere(stat(this.#statePath))) !== undefined;
  }

  /** The state of the last save; undefined if there was none. */
  async readState(): Promise<Uint8Array | undefined> {
    return ifThere(readFile(this.#statePath));
  }

  /** Whatever happens then, either this state or the last one is there. @throws ApiError OUTPUT_UNWRITABLE. */
  async writeState(state: Uint8Array): Promise<void> {
    await writing(this.path, async () => {
      await mkdir(this.path, { recursive: true });
      await writeAtomically(this.#statePath, state);
    });
  }

  /** Whether there are so many frames, as of a run that kept them from its start. */
  async hasFrames(count: number): Promise<boolean> {
    const found = await ifThere(stat(this.#framesPath));
    return found !== undefined && found.size >= count * this.#frameBytes;
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
    const bytes = this.#frameBytes;
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

  /** What in the folder is not of a picture's making. */
  async others(): Promise<readonly string[]> {
    return (await this.#files()).filter((name) => !isOwn(name));
  }

  /** Removes what is of a picture's making, and the folder if it is empty then. */
  async remove(): Promise<void> {
    // The state first: what is left by a kill is nothing to go on from.
    await rm(this.#statePath, { force: true });
    for (const name of (await this.#files()).filter(isOwn)) {
      await rm(join(this.path, name), { force: true });
    }
    await rmdir(this.path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT' && error.code !== 'ENOTEMPTY') throw error;
    });
  }

  async #files(): Promise<readonly string[]> {
    return (await ifThere(readdir(this.path))) ?? [];
  }

  get #frameBytes(): number {
    return 3 * this.#side ** 2;
  }

  get #statePath(): string {
    return join(this.path, STATE_FILE);
  }

  get #framesPath(): string {
    return join(this.path, FRAMES);
  }
}

const isOwn = (name: string): boolean =>
  name === STATE_FILE || name === FRAMES || (name.startsWith(STATE_FILE) && isHalfWritten(name));
