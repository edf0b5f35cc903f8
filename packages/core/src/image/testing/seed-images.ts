import type { ImageFormat } from '../codecs.ts';
import { PngColour } from '../png/png-file.ts';
import { writePng } from './png-writer.ts';
import { pixelAt, sampleFile, samplePicture } from './sample-picture.ts';

/** A small file of each kind, with what its header is to say. */
export interface SeedImage {
  readonly name: string;
  readonly format: ImageFormat;
  readonly width: number;
  readonly height: number;
  readonly bytes: Uint8Array;
}

const picture = samplePicture();

export const SAMPLE_PNG = writePng({
  ...picture,
  colourType: PngColour.rgb,
  bitDepth: 8,
  pixel: (x, y) => pixelAt(picture, x, y),
});

const file = (
  name: string,
  format: ImageFormat,
  [width, height]: readonly [number, number] = [12, 7],
): SeedImage => ({ name, format, width, height, bytes: sampleFile(name) });

export const SEED_IMAGES: readonly SeedImage[] = [
  { name: 'sample.png', format: 'png', width: 12, height: 7, bytes: SAMPLE_PNG },
  file('baseline.jpg', 'jpeg'),
  file('progressive.jpg', 'jpeg', [40, 24]),
  file('cmyk.jpg', 'jpeg'),
  file('interlaced.gif', 'gif', [40, 24]),
  file('lossless.webp', 'webp'),
  file('lossy-alpha.webp', 'webp', [40, 24]),
  file('animated-offset.webp', 'webp', [16, 9]),
  file('lossless.avif', 'avif'),
  file('lossy-alpha.avif', 'avif', [40, 24]),
  file('grid.avif', 'avif', [128, 64]),
  file('sequence.avif', 'avif'),
  file('bmp/palette.bmp', 'bmp', [13, 7]),
  file('bmp/rle4.bmp', 'bmp', [13, 7]),
  file('bmp/16-bits-masks.bmp', 'bmp', [13, 7]),
  file('tiff/strips-lzw-predictor.tif', 'tiff', [13, 7]),
  file('tiff/cmyk-deflate.tif', 'tiff', [13, 7]),
  file('tiff/jpeg.tif', 'tiff', [13, 7]),
  file('tiff/tiles-16-bits-big-endian.tif', 'tiff', [13, 7]),
];
