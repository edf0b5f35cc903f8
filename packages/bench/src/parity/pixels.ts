import { ClipError, decodeImage, preprocessImage, type RgbImage, sniffImage } from '@clipql/core';
import { type Comparison, compareMatrices } from '../kit/compare.ts';
import { BenchError } from '../kit/errors.ts';
import { readBytes } from '../kit/input-file.ts';
import type { PixelCase } from './preprocess-folder.ts';
import type { Gate, ParityResult } from './row.ts';

/** Formats that every decoder reads alike, so that only the resize can differ. */
const EXACT_FORMATS: ReadonlySet<string> = new Set(['png', 'gif', 'bmp']);

/** A resize whose sums round the other way is a level off, at a few pixels. */
const EXACT_GATE: Gate = {
  text: 'max ≤ 1 level, ≥ 99.9 % equal',
  passes: ({ maxAbsDiff, equalShare }) => maxAbsDiff <= 1 && equalShare >= 0.999,
};

/** Decoders of these formats are free in their rounding and in how they widen the chroma. */
const LOSSY_GATE: Gate = {
  text: 'mean ≤ 0.5 level',
  passes: ({ meanAbsDiff }) => meanAbsDiff <= 0.5,
};

/**
 * Decodes and resizes an image with core, and compares the 8-bit levels with those of the
 * reference, before they are scaled and normalised.
 *
 * @throws BenchError CASE_INVALID for an expected image that cannot be read or has another size. An
 *   input that core refuses is a failed row.
 */
export async function comparePixels({
  name,
  input,
  expected,
  size,
  squash,
}: PixelCase): Promise<ParityResult> {
  const levels = await expectedLevels(expected, size);
  const bytes = await readBytes(input);
  try {
    const gate = EXACT_FORMATS.has(sniffImage(bytes).format) ? EXACT_GATE : LOSSY_GATE;
    const pixels = preprocessImage(await decodeImage(bytes), {
      resize: squash === undefined ? { shortestEdge: size } : { width: size, height: size },
      filter: squash ?? 'bicubic',
      crop: size,
      fill: [0, 0, 0],
      rescaleFactor: 1,
      mean: [0, 0, 0],
      std: [1, 1, 1],
    });
    const compared = compareMatrices([pixels.data], [levels]);
    return pixelResult(name, compared, gate, describe(compared, size));
  } catch (error) {
    if (!(error instanceof ClipError)) throw error;
    return pixelResult(name, UNDECODED, LOSSY_GATE, `${error.code}: ${error.message}`);
  }
}

/** [3, S, S], channel first, of an image that has the size already. */
async function expectedLevels(file: string, size: number): Promise<Float32Array> {
  const image = await decodeExpected(file);
  const { width, height, channels, data } = image;
  if (width !== size || height !== size) {
    throw new BenchError(
      'CASE_INVALID',
      `${file}: expected ${size}×${size}, got ${width}×${height}`,
    );
  }
  const area = size * size;
  return Float32Array.from({ length: 3 * area }, (_, i) => {
    const channel = Math.floor(i / area);
    return data[(i % area) * channels + channel]!;
  });
}

async function decodeExpected(file: string): Promise<RgbImage> {
  try {
    return await decodeImage(await readBytes(file));
  } catch (cause) {
    if (!(cause instanceof ClipError)) throw cause;
    throw new BenchError('CASE_INVALID', `${file}: ${cause.message}`, { cause });
  }
}

function describe(compared: Comparison, size: number): string {
  const { meanAbsDiff, equalShare, maxAbsDiff, worst } = compared;
  const shares = `mean ${meanAbsDiff.toFixed(4)}, ${(100 * equalShare).toFixed(3)} % equal`;
  const place = `channel ${Math.floor(worst.column / (size * size))}, y ${Math.floor(worst.column / size) % size}, x ${worst.column % size}`;
  return `${shares}; largest difference ${maxAbsDiff} at ${place}: expected ${worst.expected}, got ${worst.actual}`;
}

/** Of an image that cannot be decoded: a value that is not a number passes no gate. */
const UNDECODED = compareMatrices([[Number.NaN]], [[0]]);

function pixelResult(name: string, compared: Comparison, gate: Gate, detail: string): ParityResult {
  const { minCosine, relL2, maxAbsDiff } = compared;
  return {
    row: {
      case: name,
      tower: 'pixels',
      backend: 'any',
      precision: 'u8',
      minCosine,
      relL2,
      maxAbsDiff,
      passed: gate.passes(compared),
    },
    gate: gate.text,
    detail,
  };
}
