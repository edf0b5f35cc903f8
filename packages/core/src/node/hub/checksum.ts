import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Checksum } from './remote-file.ts';

/** A hash that a file's bytes are fed to from the first to the last. */
export interface RunningChecksum {
  update(bytes: Uint8Array): void;
  /** @returns whether the bytes are those that the checksum is of, and what they give. */
  finish(): { readonly matches: boolean; readonly got: string };
}

/** @param size of the whole file in bytes. */
export function runningChecksum(checksum: Checksum, size: number): RunningChecksum {
  const hash: Hash =
    checksum.kind === 'sha256' ? createHash('sha256') : createHash('sha1').update(`blob ${size}\0`);
  return {
    update: (bytes) => hash.update(bytes),
    finish: () => {
      const got = hash.digest('hex');
      return { matches: got === checksum.value, got };
    },
  };
}

/** Feeds the first `length` bytes of a file. */
export async function feedFile(
  running: RunningChecksum,
  path: string,
  length: number,
): Promise<void> {
  if (length === 0) return;
  const bytes = createReadStream(path, { end: length - 1, highWaterMark: 1 << 20 });
  for await (const chunk of bytes) running.update(chunk as Buffer);
}
