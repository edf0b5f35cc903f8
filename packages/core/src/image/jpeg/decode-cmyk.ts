import { cmykToRgb } from '../cmyk.ts';
import type { RgbImage } from '../rgb-image.ts';
import { fancyUpsampled, type Plane } from './fancy-upsampling.ts';
import type { JpegHeader } from './jpeg-file.ts';

/** The JPEG decoder in utif2, which is that of pdf.js. */
interface JpegDecoder {
  readonly width: number;
  readonly height: number;
  parse(file: Uint8Array): void;
  /** Samples of all components, interleaved; those of smaller components are repeated. */
  getData(options: { width: number; height: number; isSourcePDF: boolean }): Uint8ClampedArray;
}

const loadDecoder = () =>
  import('utif2') as unknown as Promise<{ default: { JpegDecoder: new () => JpegDecoder } }>;

/**
 * Decodes a JPEG of four components to RGB as Pillow does, colour profiles ignored. mozjpeg has no
 * conversion for these; pdf.js gives the samples as they are, which are widened here as libjpeg widens
 * them, where decoders in JavaScript repeat them.
 *
 * @param file - with Adobe's marker
 */
export async function decodeCmyk(file: Uint8Array, frame: JpegHeader): Promise<RgbImage> {
  const { default: utif } = await loadDecoder();
  const decoder = new utif.JpegDecoder();
  // With a transform, pdf.js would convert the repeated samples.
  const plain = Uint8Array.from(file);
  if (frame.transformOffset !== undefined) plain[frame.transformOffset] = 0;
  decoder.parse(plain);
  const { width, height } = decoder;
  const data = decoder.getData({ width, height, isSourcePDF: true });

  const most = {
    horizontal: Math.max(...frame.factors.map(({ horizontal }) => horizontal)),
    vertical: Math.max(...frame.factors.map(({ vertical }) => vertical)),
  };
  for (const [component, { horizontal, vertical }] of frame.factors.entries()) {
    const factors = {
      horizontal: most.horizontal / horizontal,
      vertical: most.vertical / vertical,
    };
    if (factors.horizontal === 1 && factors.vertical === 1) continue;
    if (!isFancy(factors)) continue;
    const stored = storedPlane(data, component, { width, height }, factors);
    putPlane(fancyUpsampled(stored, factors), data, component, width);
  }
  // Of four components libjpeg takes every transform but 0 as YCCK.
  const isYcck = frame.transformOffset !== undefined && file[frame.transformOffset] !== 0;
  if (isYcck) ycckToCmyk(data);
  // Adobe stores CMYK inverted.
  for (let i = 0; i < data.length; i++) data[i] = 255 - data[i]!;
  const rgba = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  cmykToRgb(rgba);
  return { width, height, channels: 4, data: rgba };
}

function isFancy(factors: {
  horizontal: number;
  vertical: number;
}): factors is { horizontal: 1 | 2; vertical: 1 | 2 } {
  return [1, 2].includes(factors.horizontal) && [1, 2].includes(factors.vertical);
}

/** The samples of a component as the file has them, of which `data` repeats each. */
function storedPlane(
  data: Uint8ClampedArray,
  component: number,
  picture: { width: number; height: number },
  factors: { horizontal: number; vertical: number },
): Plane {
  const width = Math.ceil(picture.width / factors.horizontal);
  const height = Math.ceil(picture.height / factors.vertical);
  const samples = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const pixel = y * factors.vertical * picture.width + x * factors.horizontal;
      samples[y * width + x] = data[pixel * 4 + component]!;
    }
  }
  return { width, height, samples };
}

function putPlane(plane: Plane, data: Uint8ClampedArray, component: number, width: number): void {
  const height = data.length / 4 / width;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      data[(y * width + x) * 4 + component] = plane.samples[y * plane.width + x]!;
    }
  }
}

/** As libjpeg's `ycck_cmyk_convert`, in its fixed point of 16 bits; K stays. */
function ycckToCmyk(data: Uint8ClampedArray): void {
  const half = 1 << 15;
  for (let i = 0; i < data.length; i += 4) {
    const [y, cb, cr] = [data[i]!, data[i + 1]! - 128, data[i + 2]! - 128];
    data[i] = 255 - (y + ((91_881 * cr + half) >> 16));
    data[i + 1] = 255 - (y + ((-22_554 * cb - 46_802 * cr + half) >> 16));
    data[i + 2] = 255 - (y + ((116_130 * cb + half) >> 16));
  }
}
