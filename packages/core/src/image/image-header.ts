/** The formats that are decoded. Anything else is refused by what its first bytes say. */
export type ImageFormat = 'png' | 'jpeg' | 'gif' | 'webp' | 'avif';

/** What a file's header says of the picture. */
export interface ImageHeader {
  readonly format: ImageFormat;
  /** Pixels in a row as stored: before a turn by EXIF orientation. */
  readonly width: number;
  /** Rows as stored: before a turn by EXIF orientation. */
  readonly height: number;
  /**
   * The pixels that decoding costs memory for. It is more than width × height where an AVIF has
   * parts larger than its picture, and for a CMYK JPEG, whose decoder needs more.
   */
  readonly decodedPixels: number;
}
