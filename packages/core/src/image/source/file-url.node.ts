import { readFile, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { ClipError, grouped } from '../../errors.ts';

export async function readFileUrl(url: URL, maxBytes: number): Promise<Uint8Array> {
  try {
    const path = fileURLToPath(url);
    const { size } = await stat(path);
    if (size <= maxBytes) return await readFile(path);
    const message = `${url.href}: expected at most ${grouped(maxBytes)} bytes, got ${grouped(size)}`;
    throw new ClipError('IMAGE_TOO_LARGE', message);
  } catch (cause) {
    if (cause instanceof ClipError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ClipError('BAD_INPUT', `${url.href}: cannot be read: ${reason}`, { cause });
  }
}
