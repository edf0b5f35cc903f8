import { readFileUrl } from '#file-url';
import { ClipError, grouped } from '../../errors.ts';
import { concatenated } from '../concatenated.ts';

/** Far above any photo; what is larger is not read into memory. */
const MAX_BYTES = 64 * 1024 * 1024;
const TIMEOUT_MS = 60_000;

/**
 * The bytes at a URL: http, https, data or blob, and in Node file. In a page a relative one starts from
 * the page's address.
 *
 * @throws ClipError BAD_INPUT for no such URL, or a file that cannot be read; DOWNLOAD_FAILED where nothing
 *   comes within a minute; IMAGE_TOO_LARGE beyond 64 MiB.
 */
export async function bytesAt(address: string): Promise<Uint8Array> {
  const base = globalThis.document?.baseURI ?? globalThis.location?.href;
  const url = URL.canParse(address, base) ? new URL(address, base) : undefined;
  if (url === undefined) {
    const got = JSON.stringify(address.slice(0, 100));
    throw new ClipError('BAD_INPUT', `expected the URL of an image, got ${got}`);
  }
  if (url.protocol === 'file:') return readFileUrl(url, MAX_BYTES);
  if (!['http:', 'https:', 'data:', 'blob:'].includes(url.protocol)) {
    const got = `${url.protocol} of ${shown(url)}`;
    throw new ClipError('BAD_INPUT', `expected an http, https, data, blob or file URL, got ${got}`);
  }
  try {
    return await download(url);
  } catch (cause) {
    if (cause instanceof ClipError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    const advice = globalThis.document ? '; another site must allow it by CORS' : '';
    const message = `${shown(url)}: cannot be fetched: ${reason}${advice}`;
    throw new ClipError('DOWNLOAD_FAILED', message, { cause });
  }
}

async function download(url: URL): Promise<Uint8Array> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) {
    await response.body?.cancel();
    const message = `${shown(url)}: expected an image, got status ${response.status}`;
    throw new ClipError('DOWNLOAD_FAILED', message);
  }
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part?.value; part = await reader!.read()) {
    length += part.value.length;
    if (length > MAX_BYTES) {
      await reader!.cancel();
      const message = `${shown(url)}: expected at most ${grouped(MAX_BYTES)} bytes, got more`;
      throw new ClipError('IMAGE_TOO_LARGE', message);
    }
    parts.push(part.value);
  }
  return concatenated(parts);
}

/** Without user name and query, which may be secret, nor the data of a data URL. */
function shown({ protocol, host, pathname }: URL): string {
  return host === '' ? `${protocol}${pathname.slice(0, 40)}` : `${protocol}//${host}${pathname}`;
}
