import { readFile } from 'node:fs/promises';
import { ApiError } from '../errors/api-error.ts';
import { quoted } from '../errors/one-line.ts';
import { EXAMPLES } from './examples.ts';

/** Where the server serves the examples. */
export const EXAMPLES_PATH = '/examples/';

const FOLDER = new URL('../../examples/', import.meta.url);

/** Only these names are ever read, so that no path leads out of the folder. */
const FILES: ReadonlySet<string> = new Set(EXAMPLES.map(({ file }) => file));

/**
 * The name of the example that an image's address asks for: `/examples/NAME` alone, or on one of
 * this server's own hosts.
 *
 * @param ownHosts `host` or `host:port`, as `URL.host` gives them.
 * @returns undefined for any other address.
 */
export function exampleName(imageUrl: string, ownHosts: ReadonlySet<string>): string | undefined {
  if (imageUrl.startsWith(EXAMPLES_PATH)) return imageUrl.slice(EXAMPLES_PATH.length);
  const url = URL.parse(imageUrl);
  if (url === null || !ownHosts.has(url.host) || !url.pathname.startsWith(EXAMPLES_PATH)) {
    return undefined;
  }
  return url.pathname.slice(EXAMPLES_PATH.length);
}

/** Whether it is the path of an example. */
export const isExample = (path: string): boolean =>
  path.startsWith(EXAMPLES_PATH) && FILES.has(path.slice(EXAMPLES_PATH.length));

/** For a name that no example has. */
export const unknownExample = (name: string): ApiError =>
  new ApiError(
    'IMAGE_FETCH_FAILED',
    `expected one of the examples ${[...FILES].join(', ')}, got ${quoted(name)}`,
    { retryable: false },
  );

/**
 * An example's bytes, from this package's own folder.
 *
 * @throws ApiError IMAGE_FETCH_FAILED for any name but theirs.
 */
export async function readExample(name: string): Promise<Uint8Array> {
  if (!FILES.has(name)) throw unknownExample(name);
  return readFile(new URL(name, FOLDER));
}
