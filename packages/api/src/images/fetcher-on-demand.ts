import type { FetchImageOptions, ImageFetcher } from './fetch-image.ts';

/**
 * An image fetcher that is opened for the first URL: commands whose images are files do without the 15 MB of its HTTP
 * client.
 */
export function fetcherOnDemand(options: FetchImageOptions): ImageFetcher {
  let opened: Promise<ImageFetcher> | undefined;
  const open = async () => {
    const { createImageFetcher } = await import('./fetch-image.ts');
    return createImageFetcher(options);
  };
  return {
    fetch: async (...args) => {
      opened ??= open();
      return (await opened).fetch(...args);
    },
    close: async () => (await opened)?.close(),
  };
}
