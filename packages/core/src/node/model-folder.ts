import { read } from 'node:fs';
import { type FileHandle, open, readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { ClipError, grouped } from '../errors.ts';
import {
  isWeightsFile,
  MAX_JSON_BYTES,
  type ModelFiles,
  WEIGHTS_FILES,
  weightsAmong,
} from '../model-files.ts';
import type { ByteSource } from '../weights/byte-source.ts';

const MAX_READ_BYTES = 1 << 30;
/** What Node gives out of a shared piece of memory is smaller. */
const POOL_BYTES = 1 << 16;

/**
 * A model in a folder, with the file names of Hugging Face's repositories, or with OpenAI's `*.pt`. Weights are read
 * from disk tensor by tensor; the whole file is never in memory.
 *
 * @param folder the folder, or the file of weights in it that is to be read, such as `RN50x4.pt`.
 * @param name what to call the model. Default: the name of the folder, or of the file.
 * @throws ClipError MODEL_NOT_FOUND if there is no such folder; opening the weights throws it for several `*.pt`.
 * @example
 * ```ts
 * import { modelFromFolder } from '@clipql/core/node';
 *
 * const model = await modelFromFolder('models/nano');
 * console.log(model.name); // nano
 * ```
 */
export async function modelFromFolder(folder: string, name?: string): Promise<ModelFiles> {
  const path = resolve(folder);
  const found = await stat(path).catch(() => undefined);
  const isFile = found?.isFile() === true && isWeightsFile(path);
  if (!isFile && !found?.isDirectory()) {
    throw new ClipError(
      'MODEL_NOT_FOUND',
      `expected a model folder or a file of weights, got none at ${path}`,
    );
  }
  const parent = isFile ? dirname(path) : path;
  return {
    name: name ?? basename(path),
    read: (file) => readSmallFile(join(parent, file)),
    discard: freeNow,
    openWeights: () => (isFile ? openFile(path) : openWeightsIn(path)),
  };
}

async function openWeightsIn(folder: string): Promise<ByteSource | undefined> {
  for (const file of WEIGHTS_FILES) {
    const source = await openFile(join(folder, file));
    if (source !== undefined) return source;
  }
  const file = weightsAmong(await readdir(folder));
  return file === undefined ? undefined : openFile(join(folder, file));
}

async function readSmallFile(path: string): Promise<Uint8Array | undefined> {
  try {
    const { size } = await stat(path);
    if (size > MAX_JSON_BYTES) {
      throw new ClipError(
        'MODEL_CONFIG_INVALID',
        `${path}: expected at most ${grouped(MAX_JSON_BYTES)} bytes, got ${grouped(size)}`,
      );
    }
    return await readFile(path);
  } catch (error) {
    return missingOrThrow(path, error);
  }
}

/** Left to the garbage collector, SigLIP 2's 34 MB of tokenizer would stay while the weights come. */
function freeNow({ buffer, byteLength }: Uint8Array): void {
  // A small file's bytes may share their memory with others'.
  const isAlone = byteLength === buffer.byteLength && byteLength >= POOL_BYTES;
  if (isAlone && buffer instanceof ArrayBuffer) buffer.transfer(0);
}

async function openFile(path: string): Promise<ByteSource | undefined> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch (error) {
    return missingOrThrow(path, error);
  }
  const stats = await handle.stat();
  if (!stats.isFile()) {
    await handle.close();
    throw new ClipError('MODEL_NOT_FOUND', `${path}: expected a file, got something else`);
  }
  const { size } = stats;
  return {
    size,
    read: async (offset, target) => {
      let filled = 0;
      while (filled < target.length) {
        const bytesRead = await readAt(handle, target.subarray(filled), offset + filled);
        if (bytesRead === 0) {
          throw new ClipError(
            'WEIGHTS_INVALID',
            `${path}: truncated: expected ${grouped(target.length)} bytes at ${grouped(offset)}, got ${grouped(filled)}`,
          );
        }
        filled += bytesRead;
      }
    },
    close: () => handle.close(),
  };
}

/**
 * How many bytes could be read at once. By callback, since the promises of a file handle cost twice the
 * objects, and a model is some 700 reads.
 */
function readAt({ fd }: FileHandle, target: Uint8Array, position: number): Promise<number> {
  const length = Math.min(target.length, MAX_READ_BYTES);
  return new Promise((resolve, reject) => {
    read(fd, target, 0, length, position, (error, bytesRead) => {
      if (error === null) resolve(bytesRead);
      else reject(error);
    });
  });
}

function missingOrThrow(path: string, error: unknown): undefined {
  if (error instanceof ClipError) throw error;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return undefined;
  throw new ClipError('MODEL_NOT_FOUND', `${path}: cannot be read (${code ?? 'unknown reason'})`, {
    cause: error,
  });
}
