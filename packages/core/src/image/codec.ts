import type { Orientation } from './exif-orientation.ts';
import type { RgbImage } from './rgb-image.ts';

/** What a file's header says of the picture. */
export interface PictureHeader {
  /** Pixels in a row as stored: before a turn by EXIF orientation. */
  readonly width: number;
  /** Rows as stored: before a turn by EXIF orientation. */
  readonly height: number;
  /**
   * The pixels that decoding costs memory for. It is more than width × height where a file has
   * parts larger than its picture, and where its decoder needs more for each pixel.
   */
  readonly decodedPixels: number;
}

/** A rectangle of a picture, in pixels. */
export interface Frame {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A file as its decoder gets it, and what is to be done behind the decoder. */
export interface DecoderInput {
  readonly bytes: Uint8Array;
  readonly orientation: Orientation;
  /** The size of what the decoder gives, where that is not the header's. */
  readonly decodedSize?: { readonly width: number; readonly height: number };
  /** Makes the stored picture of what the decoder gives, where they differ. */
  readonly assemble?: (decoded: RgbImage) => RgbImage;
}

/**
 * All that is known of a format. A new format is a folder with one of these, and a line in
 * `codecs.ts`.
 */
export interface ImageCodec<Name extends string = string> {
  /** What sniffing calls it: `jpeg`. */
  readonly name: Name;
  /** What messages call it: `JPEG`. */
  readonly title: string;
  readonly mediaTypes: readonly [string, ...string[]];
  /** Endings of file names, in lower case, with the point; the usual one first. */
  readonly endings: readonly [string, ...string[]];
  /** Whether a file's first bytes are those of the format. */
  recognizes(bytes: Uint8Array): boolean;
  /**
   * Reads the size and checks it, without decoding, inflating or allocating.
   *
   * @throws ClipError IMAGE_UNSUPPORTED for a kind of the format that is not decoded; IMAGE_CORRUPT
   *   when the header is cut short or contradicts itself.
   */
  readHeader(bytes: Uint8Array): PictureHeader;
  /**
   * Checks that the file is whole and takes out what decoding does not need.
   *
   * @throws ClipError as `readHeader`, and IMAGE_CORRUPT when the file is cut short.
   */
  readFile(bytes: Uint8Array): DecoderInput | Promise<DecoderInput>;
  /** Loads what decoding needs. Apart from `decode`, as a failure here is not the picture's fault. */
  load(): Promise<unknown>;
  /** Decodes what `readFile` gave. Throws anything for a damaged file. */
  decode(file: Uint8Array): RgbImage | Promise<RgbImage>;
}
