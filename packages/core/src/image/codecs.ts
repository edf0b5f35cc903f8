import { avif } from './avif/avif-codec.ts';
import { bmp } from './bmp/bmp-codec.ts';
import type { ImageCodec } from './codec.ts';
import { gif } from './gif/gif-codec.ts';
import { jpeg } from './jpeg/jpeg-codec.ts';
import { png } from './png/png-codec.ts';
import { tiff } from './tiff/tiff-codec.ts';
import { webp } from './webp/webp-codec.ts';

/** The formats that are decoded: a closed list. Anything else is refused by its first bytes. */
export const CODECS = [png, jpeg, gif, webp, avif, bmp, tiff] as const;

/** A format's name: `jpeg`. */
export type ImageFormat = (typeof CODECS)[number]['name'];

/** What is known of a format without a file of it. */
export type ImageFormatFacts = Pick<
  ImageCodec<ImageFormat>,
  'name' | 'title' | 'mediaTypes' | 'endings'
>;

/** The image formats that are decoded. Their media types suit the `accept` of a file input. */
export const IMAGE_FORMATS: readonly ImageFormatFacts[] = CODECS.map(
  ({ name, title, mediaTypes, endings }) => ({ name, title, mediaTypes, endings }),
);

export function codecOf(format: ImageFormat): ImageCodec<ImageFormat> {
  return CODECS.find(({ name }) => name === format)!;
}
