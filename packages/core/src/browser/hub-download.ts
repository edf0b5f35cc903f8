import { ClipError, grouped } from '../errors.ts';
import { mayPass } from '../hub/model-id.ts';
import type { OnProgress } from '../hub/progress.ts';
import { PassingError, withRetries } from '../hub/retry.ts';
import { arriving, type Connection, openConnection } from './connection.ts';
import type { Checksum, HubFile } from './hub-listing.ts';
import { Sha256 } from './sha256.ts';

interface DownloadOptions {
  readonly token: string | undefined;
  readonly onProgress: OnProgress;
  /** What an earlier download left, from the first byte on. */
  readonly kept: Blob;
}

/** Read at a time of what is kept. */
const HASHED_BYTES = 4 * 1024 * 1024;

/** Before another try, in seconds. */
export const RETRY_WAITS = [0.5, 1, 2, 5, 10];

/**
 * The rest of a file's bytes, behind what is kept; all of them are checked by size and hash at the end. A
 * lost connection is tried again, and goes on where it stopped.
 *
 * @throws ClipError DOWNLOAD_FAILED for a connection that stays lost, DOWNLOAD_CORRUPT for other bytes than
 *   the hub announced, DOWNLOAD_DENIED.
 */
export async function* downloadedBytes(
  file: HubFile,
  { token, onProgress, kept }: DownloadOptions,
): AsyncGenerator<Uint8Array> {
  const { name, size } = file;
  const checksum = runningChecksum(file.checksum, size);
  let received = kept.size;
  let bytes: AsyncGenerator<Uint8Array> | undefined;
  const next = async (): Promise<Uint8Array | undefined> => {
    try {
      bytes ??= await bytesFrom(file, received, token);
      const { value } = await bytes.next();
      if (value === undefined && received < size) {
        throw new PassingError(`${name}: the connection was lost`);
      }
      return value;
    } catch (error) {
      bytes = undefined;
      throw error;
    }
  };
  onProgress({ kind: 'start', file: name, received, size });
  for (let at = 0; at < kept.size; at += HASHED_BYTES) {
    checksum.update(new Uint8Array(await kept.slice(at, at + HASHED_BYTES).arrayBuffer()));
  }
  try {
    for (;;) {
      const part = await withRetries(next, {
        waits: RETRY_WAITS,
        onRetry: (reason, seconds) => onProgress({ kind: 'retry', file: name, reason, seconds }),
        advice: async () =>
          `${grouped(received)} of ${grouped(size)} bytes of ${name} came; try again later`,
      });
      if (part === undefined) break;
      received += part.length;
      if (received > size) throw corrupt(file, `more than ${grouped(size)} bytes`);
      checksum.update(part);
      onProgress({ kind: 'data', file: name, received, size });
      yield part;
    }
  } finally {
    await bytes?.return(undefined);
  }
  const got = await checksum.digest();
  if (file.checksum !== undefined && got !== undefined && got !== file.checksum.value) {
    throw corrupt(file, `${file.checksum.kind} ${got} where ${file.checksum.value} was expected`);
  }
}

const corrupt = ({ name, url }: HubFile, got: string): ClipError =>
  new ClipError('DOWNLOAD_CORRUPT', `${name}: ${new URL(url).host} sent ${got}; nothing was kept`);

/** What a server sends of a file from a byte on. */
async function bytesFrom(
  { name, url, size }: HubFile,
  from: number,
  token: string | undefined,
): Promise<AsyncGenerator<Uint8Array>> {
  const connection = await openConnection(url, { token, from });
  const { status, headers } = connection.response;
  if (status === 200) return after(from, connection);
  // A server of another site may hide the header; the hash tells in the end.
  const range = headers.get('content-range') ?? `bytes ${from}-${size - 1}/${size}`;
  if (status === 206 && range.startsWith(`bytes ${from}-`)) return arriving(connection);
  connection.close();
  const message = `${name}: ${new URL(url).host} answered with status ${status}`;
  if (mayPass(status)) throw new PassingError(message);
  throw new ClipError(
    status === 401 || status === 403 ? 'DOWNLOAD_DENIED' : 'DOWNLOAD_FAILED',
    `${message}, though it announced the file`,
  );
}

/** The whole was sent where a part was asked for. */
async function* after(from: number, connection: Connection): AsyncGenerator<Uint8Array> {
  let passed = 0;
  for await (const part of arriving(connection)) {
    const rest = part.subarray(Math.min(part.length, Math.max(0, from - passed)));
    passed += part.length;
    if (rest.length > 0) yield rest;
  }
}

interface RunningChecksum {
  update(bytes: Uint8Array): void;
  /** @returns undefined where nothing can be computed. */
  digest(): Promise<string | undefined>;
}

function runningChecksum(checksum: Checksum | undefined, size: number): RunningChecksum {
  if (checksum?.kind === 'sha256') {
    const hash = new Sha256();
    return { update: (bytes) => hash.update(bytes), digest: async () => hash.digest() };
  }
  // Git's SHA-1 is of small files; a browser computes it in secure pages.
  const subtle = checksum === undefined ? undefined : globalThis.crypto?.subtle;
  if (subtle === undefined) return { update: () => {}, digest: async () => undefined };
  const parts: BlobPart[] = [`blob ${size}\0`];
  return {
    update: (bytes) => parts.push(bytes as BlobPart),
    digest: async () => {
      const digest = await subtle.digest('SHA-1', await new Blob(parts).arrayBuffer());
      return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    },
  };
}
