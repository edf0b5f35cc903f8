import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeImage, type RgbImage } from '@clipql/core';
import { BenchError } from '../kit/errors.ts';
import { API } from '../kit/folders.ts';

/** The folder of a run's pictures: a run that was stopped and is started again draws only what is missing. */
export class PictureFolder {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /**
   * @param settings how the run's pictures are made.
   * @throws BenchError BAD_OPTION for the folder of a run with other settings.
   */
  static async open(path: string, settings: object): Promise<PictureFolder> {
    await mkdir(path, { recursive: true });
    const folder = new PictureFolder(path);
    const text = JSON.stringify(settings);
    const earlier = (await folder.read('run.json'))?.toString();
    if (earlier !== undefined && earlier !== text) {
      throw new BenchError('BAD_OPTION', `--out: expected a run with ${text}, got ${earlier}`);
    }
    await folder.write('run.json', text);
    return folder;
  }

  /** What a file holds; undefined where there is none. */
  async read(name: string): Promise<Buffer | undefined> {
    return readFile(join(this.#path, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
  }

  /** A file is there whole, or as it was. */
  async write(name: string, data: string | Uint8Array): Promise<void> {
    const file = join(this.#path, name);
    await writeFile(`${file}.new`, data);
    await rename(`${file}.new`, file);
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.#path, name), { force: true });
  }

  /** A picture, as its PNG has it; drawn if there is none. */
  async picture(name: string, draw: () => Promise<RgbImage>): Promise<RgbImage> {
    const file = `${name}.png`;
    const { encodePng } = await import(new URL('pictures/png-file.js', API).href);
    if ((await this.read(file)) === undefined) {
      await this.write(file, await encodePng(await draw(), { Title: name, Software: 'ClipQL' }));
    }
    return decodeImage((await this.read(file))!);
  }
}
