import { ClipError } from '../../errors.ts';
import type { RgbImage } from '../rgb-image.ts';

/** What a canvas can draw, as far as its size goes. */
export interface Drawable {
  readonly width: number;
  readonly height: number;
}

/** A canvas of a package for Node, which has no `OffscreenCanvas` to draw it on. */
interface ReadableCanvas extends Drawable {
  getContext?(kind: '2d'): Pick<CanvasRenderingContext2D, 'getImageData'> | null;
}

/**
 * Reads the pixels of a canvas or a bitmap. A canvas multiplies colours with their alpha, so they are
 * exact where alpha is 255, and black where it is 0.
 *
 * @returns [height, width, 4], RGBA.
 * @throws ClipError BAD_INPUT for a canvas or bitmap without pixels, or that the page may not read.
 */
export function drawnPixels(source: Drawable): RgbImage {
  const { width, height } = source;
  if (!(width > 0 && height > 0)) {
    const got = `${width} × ${height}`;
    throw new ClipError('BAD_INPUT', `expected a canvas or bitmap with pixels, got ${got}`);
  }
  try {
    const { data } = readableContext(source).getImageData(0, 0, width, height);
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return { width, height, channels: 4, data: bytes };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const what = `the pixels of a canvas or bitmap of ${width} × ${height} cannot be read`;
    throw new ClipError('BAD_INPUT', `${what}: ${reason}`, { cause });
  }
}

function readableContext(source: Drawable): Pick<CanvasRenderingContext2D, 'getImageData'> {
  if (typeof OffscreenCanvas === 'undefined') {
    const own = (source as ReadableCanvas).getContext?.('2d');
    if (!own) throw new Error('there is no OffscreenCanvas here');
    return own;
  }
  const { width, height } = source;
  const context = new OffscreenCanvas(width, height).getContext('2d', {
    willReadFrequently: true,
    colorSpace: 'srgb',
  });
  if (context === null) throw new Error('no canvas can be made of this size');
  context.globalCompositeOperation = 'copy';
  context.drawImage(source as unknown as CanvasImageSource, 0, 0);
  return context;
}
