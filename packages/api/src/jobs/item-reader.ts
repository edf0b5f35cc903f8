import { realpath, stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { ApiError } from '../errors/api-error.ts';
import { quoted } from '../errors/one-line.ts';
import { isDataUrl } from '../images/data-url.ts';
import { EXAMPLES_PATH, isExample, unknownExample } from '../images/example-images.ts';
import { readImageFile } from '../images/image-file.ts';
import type { ReadImage } from '../images/read-image.ts';
import { UPLOAD } from '../images/source-name.ts';

/** An image's file, as it was read. */
export interface ReadItem {
  readonly bytes: Uint8Array;
  /** When a file was last changed, in milliseconds since 1970. */
  readonly modified: number | undefined;
}

/** What can be said of a file without reading it. */
export interface FileVersion {
  readonly bytes: number;
  readonly modified: number;
}

export interface ItemReaderOptions {
  /** Reads what is no file. */
  readonly read: ReadImage;
  /** The folders below which files may be read; undefined for all files. */
  readonly folders: readonly string[] | undefined;
  /** Bytes of a file. */
  readonly maxFileBytes: number;
}

/** Whether a source is no path: a drive letter of Windows is no scheme. */
export const isUrl = (source: string): boolean =>
  isDataUrl(source) || /^[a-z][a-z0-9+.-]+:\/\//i.test(source);

/** The host that a source is asked of; `undefined` for what asks none. */
export function hostOf(source: string): string | undefined {
  return isDataUrl(source) || !isUrl(source) ? undefined : (URL.parse(source)?.host ?? source);
}

/** Reads the images of jobs. */
export class ItemReader {
  readonly #options: ItemReaderOptions;

  constructor(options: ItemReaderOptions) {
    this.#options = options;
  }

  /** @throws ApiError as the place does that it is read from; the signal's reason once it is aborted. */
  async read(source: string, folder: string | undefined, signal: AbortSignal): Promise<ReadItem> {
    if (this.#isAddress(source)) {
      return { bytes: await this.#options.read(source, signal), modified: undefined };
    }
    if (source === UPLOAD && folder === undefined) {
      const expected = 'expected an address to read the image from again';
      throw new ApiError('BAD_IMAGE_URL', `${expected}, got one that was uploaded and is not kept`);
    }
    const path = await this.#path(source, folder);
    // Before it is read: what is written meanwhile is found the next time.
    const stats = await stat(path).catch(() => undefined);
    signal.throwIfAborted();
    return {
      bytes: await readImageFile(path, this.#options.maxFileBytes),
      modified: stats?.mtimeMs,
    };
  }

  /** Undefined for a URL, and for what cannot be read. */
  async version(source: string, folder: string | undefined): Promise<FileVersion | undefined> {
    if (this.#isAddress(source)) return undefined;
    try {
      const { size, mtimeMs } = await stat(await this.#path(source, folder));
      return { bytes: size, modified: mtimeMs };
    } catch {
      return undefined;
    }
  }

  /** @throws ApiError FOLDER_NOT_ALLOWED. @returns the folder, links resolved. */
  async checkFolder(folder: string): Promise<string> {
    const { folders } = this.#options;
    if (folders === undefined) return resolve(folder);
    const real = await realpath(folder).catch(() => undefined);
    if (real === undefined || !isAbsolute(folder) || !(await isBelow(real, folders))) {
      const got = quoted(folder, 100);
      const expected = 'expected a folder that is one of --folders or below';
      throw new ApiError('FOLDER_NOT_ALLOWED', `${expected}, got ${got}`);
    }
    return real;
  }

  /** A server has examples, at paths of its own. */
  #isAddress(source: string): boolean {
    return isUrl(source) || (this.#options.folders !== undefined && isExample(source));
  }

  async #path(source: string, folder: string | undefined): Promise<string> {
    const { folders } = this.#options;
    if (folders === undefined) return resolve(folder ?? '.', source);
    if (folder === undefined && !isAbsolute(source)) {
      const got = quoted(source, 100);
      throw new ApiError('BAD_IMAGE_URL', `expected an http, https or data URL, got ${got}`);
    }
    const real = await realpath(resolve(folder ?? '/', source)).catch(() => undefined);
    // Of a place that may not be read nobody learns what is there.
    if (real === undefined || !(await isBelow(real, folders))) {
      if (folder === undefined && source.startsWith(EXAMPLES_PATH)) {
        throw unknownExample(source.slice(EXAMPLES_PATH.length));
      }
      const expected = 'expected a file below one of --folders';
      throw new ApiError('FOLDER_NOT_ALLOWED', `${expected}, got none or one that lies elsewhere`);
    }
    return real;
  }
}

/** @param real with all links resolved. */
async function isBelow(real: string, folders: readonly string[]): Promise<boolean> {
  for (const folder of folders) {
    const root = await realpath(folder).catch(() => undefined);
    if (root !== undefined && isWithin(real, root)) return true;
  }
  return false;
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
