import { EXAMPLES_PATH } from '../../images/example-images.ts';
import type { GivenImage } from '../../images/given-image.ts';

/** A text that is an image's address, or its bytes in base64, which has no colon. */
export function imageOfText(text: string): GivenImage {
  return text.includes(':') || text.startsWith(EXAMPLES_PATH) || text === ''
    ? { url: text }
    : { base64: text };
}
