import { ClipError } from '../../errors.ts';
import type { PinnedFile } from './model-address.ts';
import type { RemoteFile } from './remote-file.ts';

/**
 * A file whose bytes have to match their pin too, whatever the server says of them.
 *
 * @throws ClipError DOWNLOAD_CORRUPT where the server announces another file than the pinned one.
 */
export function pinned(file: RemoteFile, { bytes, sha256 }: PinnedFile): RemoteFile {
  const announced = file.checksums.find(({ kind }) => kind === 'sha256')?.value;
  if (bytes !== undefined && file.size !== bytes) throw differs(file, file.size, bytes, 'bytes');
  if (sha256 === undefined || sha256 === announced) return file;
  if (announced !== undefined) throw differs(file, announced, sha256, 'as its SHA-256');
  return { ...file, checksums: [...file.checksums, { kind: 'sha256', value: sha256 }] };
}

function differs(
  { name, url: { host } }: RemoteFile,
  got: number | string,
  expected: number | string,
  what: string,
): ClipError {
  return new ClipError(
    'DOWNLOAD_CORRUPT',
    `${name}: expected ${expected} ${what}, ${host} announces ${got}; nothing was downloaded: ` +
      'check HF_ENDPOINT, or name a revision after an @',
  );
}
