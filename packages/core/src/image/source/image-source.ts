import { ClipError } from '../../errors.ts';
import { decodeImage } from '../decode.ts';
import { fromJimp, type JimpImage, type RgbImage } from '../rgb-image.ts';
import type { ImageLimits } from '../sniff.ts';
import { drawnPixels } from './drawn-pixels.ts';
import { bytesAt } from './image-url.ts';

/** A `Blob` or a `File`. */
export interface ImageBlob {
  readonly size: number;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** An `ImageData`: [height, width, 4], RGBA. */
export interface ImageDataPixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** An `ImageBitmap`. */
export interface BitmapImage {
  readonly width: number;
  readonly height: number;
  close(): void;
}

/** An `HTMLCanvasElement` or an `OffscreenCanvas`. */
export interface CanvasImage {
  readonly width: number;
  readonly height: number;
  getContext(kind: '2d'): unknown;
}

/** A `URL`. */
export interface ImageUrl {
  readonly href: string;
}

/** An image in any form that a program may have it in, before it is brought into a model's form. */
export type ImageSource =
  | Uint8Array
  | ImageBlob
  | string
  | ImageUrl
  | RgbImage
  | JimpImage
  | ImageDataPixels
  | BitmapImage
  | CanvasImage;

const has = <Name extends string>(value: object, name: Name): value is Record<Name, unknown> =>
  name in value;

const can = (value: object, method: string): boolean =>
  has(value, method) && typeof value[method] === 'function';

/**
 * The pixels of an image, whatever form it comes in. Files are decoded as {@link decodeImage} does. Alpha
 * is to be ignored.
 *
 * @throws ClipError as {@link decodeImage}; DOWNLOAD_FAILED for a URL that cannot be fetched; BAD_INPUT for
 *   anything else than an image, and for a canvas that the page may not read.
 */
export async function pixelsOf(image: ImageSource, limits?: ImageLimits): Promise<RgbImage> {
  if (image instanceof Uint8Array) return decodeImage(image, limits);
  if (typeof image === 'string') return decodeImage(await bytesAt(image), limits);
  if (typeof image !== 'object' || image === null) throw unknownImage(image);
  if ('bitmap' in image) return fromJimp(image);
  if ('channels' in image) return image;
  if (isBlob(image)) return decodeImage(new Uint8Array(await image.arrayBuffer()), limits);
  if ('href' in image) return decodeImage(await bytesAt(image.href), limits);
  if ('data' in image) return fromImageData(image);
  if (can(image, 'getContext') || can(image, 'close')) return drawnPixels(image);
  throw unknownImage(image);
}

const isBlob = (image: object): image is ImageBlob => can(image, 'arrayBuffer');

function fromImageData({ width, height, data }: ImageDataPixels): RgbImage {
  if (!(data instanceof Uint8ClampedArray)) {
    const got = Object.prototype.toString.call(data).slice('[object '.length, -1);
    throw new ClipError(
      'BAD_INPUT',
      `expected ImageData with a Uint8ClampedArray, or pixels with their channels, got ${got}`,
    );
  }
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { width, height, channels: 4, data: bytes };
}

function unknownImage(image: unknown): ClipError {
  const got = typeof image === 'object' ? Object.prototype.toString.call(image) : typeof image;
  return new ClipError(
    'BAD_INPUT',
    'expected an image as a Uint8Array with the bytes of a file, a Blob, a URL, ImageData, an ' +
      `ImageBitmap, a canvas or pixels, got ${got}`,
  );
}
