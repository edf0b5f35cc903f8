import { type FileHandle, open, stat } from 'node:fs/promises';
import { ifThere } from '../files/if-there.ts';

/** Writes all bytes from a position on. */
export async function writeFully(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const left = bytes.length - written;
    written += (await file.write(bytes, written, left, position + written)).bytesWritten;
  }
}

/** Makes what was created or renamed in a folder last, where the system can. */
export async function syncFolder(path: string): Promise<void> {
  // Windows opens no folders.
  const folder = await open(path, 'r').catch(() => undefined);
  await folder?.sync().catch(() => {});
  await folder?.close();
}

/** A file's size in bytes; undefined where there is none. */
export async function sizeOf(path: string): Promise<number | undefined> {
  return (await ifThere(stat(path)))?.size;
}
