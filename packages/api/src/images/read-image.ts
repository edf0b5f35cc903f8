import { MAX_IMAGE_BYTES, MAX_OWN_IMAGE_BYTES } from '../limits/images.ts';
import { isDataUrl, readDataUrl } from './data-url.ts';
import { exampleName, readExample } from './example-images.ts';
import type { ImageFetcher } from './fetch-image.ts';
import { readImageFile } from './image-file.ts';

/**
 * Gets an image's bytes, whatever they turn out to be.
 *
 * @param onBytes told how many came, as they come over the network; what it throws ends the fetch.
 * @throws ApiError as the place does that the address leads to; the signal's reason once it is aborted.
 */
export type ReadImage = (
  address: string,
  signal: AbortSignal,
  onBytes?: (count: number) => void,
) => Promise<Uint8Array>;

/**
 * How the server reads an image: a data URL, one of its own examples, or over the network.
 *
 * @param ownHosts this server, as its clients name it.
 */
export function imagesOfServer(fetcher: ImageFetcher, ownHosts: ReadonlySet<string>): ReadImage {
  return async (address, signal, onBytes) => {
    if (isDataUrl(address)) return readDataUrl(address, MAX_IMAGE_BYTES);
    const example = exampleName(address, ownHosts);
    return example === undefined ? fetcher.fetch(address, signal, onBytes) : readExample(example);
  };
}

/** How the command line reads an image: a data URL, over the network, or a local file. */
export function imagesOfCommandLine(fetcher: ImageFetcher): ReadImage {
  return async (address, signal) => {
    if (isDataUrl(address)) return readDataUrl(address, MAX_IMAGE_BYTES);
    // A drive letter of Windows is no scheme.
    if (/^[a-z][a-z0-9+.-]+:\/\//i.test(address)) return fetcher.fetch(address, signal);
    return readImageFile(address, MAX_OWN_IMAGE_BYTES);
  };
}
