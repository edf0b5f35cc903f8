import { isDataUrl } from './data-url.ts';

/** Where an image came from that has no address. */
export const UPLOAD = 'upload';

/**
 * What is kept of where an image came from: a path or a URL, and not the image once more that a data URL is.
 *
 * @param given undefined for bytes.
 */
export const sourceName = (given: string | undefined): string =>
  given === undefined || isDataUrl(given) ? UPLOAD : given;
