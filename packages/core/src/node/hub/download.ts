import {
  type FileHandle,
  mkdir,
  open,
  readFile,
  rename,
  rm,
  stat,
  statfs,
  writeFile,
} from 'node:fs/promises';
import { dirname } from 'node:path';
import { ClipError, grouped } from '../../errors.ts';
import { mayPass } from '../../hub/model-id.ts';
import type { OnProgress } from '../../hub/progress.ts';
import { PassingError, withRetries } from '../../hub/retry.ts';
import { withLock } from '../lock.ts';
import { arriving } from './arriving.ts';
import { feedFile, type RunningChecksum, runningChecksum } from './checksum.ts';
import { diskFailure, notEnoughSpace } from './disk-failure.ts';
import { discard, type HttpClient, type HttpResponse } from './http.ts';
import type { RemoteFile } from './remote-file.ts';

export interface DownloadTarget {
  /** Where the file goes once it is complete. */
  readonly path: string;
  readonly lock: string;
}

/**
 * Brings a file to its place: to a temporary name first, on from where an earlier download ended,
 * checked by size and hash, then renamed. What is in place already is left as it is.
 *
 * @throws ClipError DOWNLOAD_FAILED for a connection that stays lost, DOWNLOAD_CORRUPT for other
 *   bytes than the server announced or somebody pinned, DISK_FULL, DOWNLOAD_DENIED, each saying what to do.
 */
export async function downloadFile(
  http: HttpClient,
  file: RemoteFile,
  target: DownloadTarget,
  onProgress: OnProgress,
): Promise<void> {
  const done = (cached: boolean) =>
    onProgress({ kind: 'done', file: file.name, size: file.size, cached });
  if (await isComplete(file, target.path)) return done(true);
  const onWait = (pid: number) => onProgress({ kind: 'wait', file: file.name, pid });
  try {
    await withLock(target.lock, onWait, async () => {
      if (await isComplete(file, target.path)) return done(true);
      await mkdir(dirname(target.path), { recursive: true });
      const partial = await receiveAll(http, file, target.path, onProgress);
      await rename(partial, target.path);
      done(false);
    });
  } catch (error) {
    throw diskFailure(error, dirname(target.path), file);
  }
}

async function isComplete(file: RemoteFile, path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (found?.size !== file.size) return false;
  // Its name says which of its hashes was checked when it came; the others have not been.
  for (const checksum of file.checksums) {
    if (checksum.value === file.blob) continue;
    const running = runningChecksum(checksum, file.size);
    await feedFile(running, path, file.size);
    if (!running.finish().matches) return false;
  }
  return true;
}

/** @returns the path of the temporary file, which holds all of it. */
async function receiveAll(
  http: HttpClient,
  file: RemoteFile,
  path: string,
  onProgress: OnProgress,
): Promise<string> {
  // Python appends to `.incomplete`; under a name of our own the two do not meet.
  const partial = new PartialFile(`${path}.clipql.incomplete`, file, onProgress);
  const length = () => partial.length();
  await withRetries(() => partial.receive(http), {
    waits: http.retryWaits,
    onRetry: (reason, seconds) => onProgress({ kind: 'retry', file: file.name, reason, seconds }),
    progress: length,
    advice: async () =>
      `${grouped(await length())} of ${grouped(file.size)} bytes of ${file.name} are kept: the same command goes on from there`,
  });
  return partial.path;
}

interface ArrivingResponse extends HttpResponse {
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** A file that grows under a temporary name. */
class PartialFile {
  readonly path: string;
  readonly #file: RemoteFile;
  readonly #onProgress: OnProgress;

  constructor(path: string, file: RemoteFile, onProgress: OnProgress) {
    this.path = path;
    this.#file = file;
    this.#onProgress = onProgress;
  }

  async length(): Promise<number> {
    return (await stat(this.path).catch(() => ({ size: 0 }))).size;
  }

  /** Requests what is missing, once; what arrives is kept when the connection is lost. */
  async receive(http: HttpClient): Promise<void> {
    const { name, size } = this.#file;
    const kept = await this.#usableLength();
    await this.#checkSpace(size - kept);
    const response = kept < size || size === 0 ? await this.#request(http, kept) : undefined;
    const start = response === undefined ? kept : startOf(response, kept, this.#file);
    const handle = await open(this.path, start === 0 ? 'w' : 'r+');
    try {
      this.#onProgress({ kind: 'start', file: name, received: start, size });
      const checksums = this.#file.checksums.map((checksum) => runningChecksum(checksum, size));
      for (const checksum of checksums) await feedFile(checksum, this.path, start);
      if (response !== undefined) await this.#write(handle, response.bytes, start, checksums);
      await this.#check(checksums);
      await handle.datasync();
    } finally {
      if (response !== undefined) discard(response);
      await handle.close();
    }
    await rm(this.#validatorPath, { force: true });
  }

  /** Bytes to go on from; a partial file that is too long is of no use. */
  async #usableLength(): Promise<number> {
    const length = await this.length();
    return length > this.#file.size ? 0 : length;
  }

  async #checkSpace(bytes: number): Promise<void> {
    const { bavail, bsize } = await statfs(dirname(this.path));
    if (bavail * bsize < bytes) throw notEnoughSpace(dirname(this.path), bytes, bavail * bsize);
  }

  async #request(http: HttpClient, from: number): Promise<ArrivingResponse> {
    const validator =
      from === 0 ? undefined : await readFile(this.#validatorPath, 'utf8').catch(() => undefined);
    const response = await http.request(this.#file.url, {
      method: 'GET',
      headers: {
        ...(from > 0 && { range: `bytes=${from}-` }),
        ...(validator && { 'if-range': validator }),
      },
    });
    const bytes = arriving(response);
    const { status, url } = response;
    if (status === 200 || status === 206) {
      await this.#keepValidator(response);
      return { ...response, bytes };
    }
    discard(response);
    if (status === 416) {
      await rm(this.path, { force: true });
      throw new PassingError(`${url.host} has no bytes from ${grouped(from)} on`);
    }
    const message = `${this.#file.name}: ${url.host} answered with status ${status}`;
    if (mayPass(status)) throw new PassingError(message);
    throw new ClipError(
      status === 401 || status === 403 ? 'DOWNLOAD_DENIED' : 'DOWNLOAD_FAILED',
      `${message}, though it announced the file; run the same command again`,
    );
  }

  /** The etag of the store that sends the bytes, which is not the hub's; a weak one says too little. */
  async #keepValidator({ header }: HttpResponse): Promise<void> {
    const etag = header('etag');
    if (etag?.startsWith('"')) await writeFile(this.#validatorPath, etag);
    else await rm(this.#validatorPath, { force: true });
  }

  get #validatorPath(): string {
    return `${this.path}.etag`;
  }

  async #write(
    handle: FileHandle,
    bytes: AsyncIterable<Uint8Array>,
    start: number,
    checksums: readonly RunningChecksum[],
  ): Promise<void> {
    const { name, size } = this.#file;
    let received = start;
    for await (const part of bytes) {
      if (received + part.length > size)
        throw await this.#corrupt(`more than ${grouped(size)} bytes`);
      await writeAll(handle, part, received);
      for (const checksum of checksums) checksum.update(part);
      received += part.length;
      this.#onProgress({ kind: 'data', file: name, received, size });
    }
    if (received < size) throw new PassingError(`${name}: the connection was lost`);
  }

  async #check(checksums: readonly RunningChecksum[]): Promise<void> {
    for (const [i, { kind, value }] of this.#file.checksums.entries()) {
      const { matches, got } = checksums[i]!.finish();
      if (!matches) throw await this.#corrupt(`${kind} ${got} where ${value} was expected`);
    }
  }

  /** Going on from wrong bytes would give wrong bytes again. */
  async #corrupt(got: string): Promise<ClipError> {
    await rm(this.path, { force: true });
    return new ClipError(
      'DOWNLOAD_CORRUPT',
      `${this.#file.name}: ${this.#file.url.host} sent ${got}; what arrived was deleted: run the same ` +
        'command again, and if it stays so, a proxy in between or the hub has damaged the file',
    );
  }
}

/** Where the bytes of a response begin: where they were asked from, or at the file's start. */
function startOf({ status, header, url }: HttpResponse, from: number, file: RemoteFile): number {
  if (status === 200) return 0;
  const [, start, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(header('content-range') ?? '') ?? [];
  const isRight = Number(start) === from && (total === '*' || Number(total) === file.size);
  if (isRight) return from;
  throw new ClipError(
    'DOWNLOAD_CORRUPT',
    `${file.name}: expected the bytes from ${grouped(from)} on of ${grouped(file.size)}, ${url.host} sent ${header('content-range') ?? 'no content-range'}`,
  );
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
