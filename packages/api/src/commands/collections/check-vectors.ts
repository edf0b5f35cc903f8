import { ApiError } from '../../errors/api-error.ts';
import { grouped } from '../../errors/grouped.ts';
import { oneLine, shorten } from '../../errors/one-line.ts';
import { publicError } from '../../errors/public-error.ts';
import type { Loaders } from '../../loaders/loaders.ts';
import { errorLine } from '../report.ts';
import type { VectorRow } from './vector-rows.ts';

/**
 * How near an image's vector must be to the one that the model makes of it now. Another way to resize has 0.99
 * and more, int8 0.997, half precision 0.999999; a picture squeezed into the square or padded 0.75 to 0.985, another
 * picture of the same model less (docs/search.md). */
const LEAST_COSINE = 0.98;

/** Images that are embedded again. */
const CHECKED = 8;
/** Images of which these are the first that can be read. */
const TRIED = 24;

/** A vector, and what it is of. */
export interface Sample {
  readonly row: VectorRow;
  readonly vector: Float32Array;
}

/** What was compared. */
export interface VectorCheck {
  readonly images: number;
  /** The least cosine of all. */
  readonly cosine: number;
  /** Why an image could not be read, if there is one. */
  readonly failure: string | undefined;
}

/** Numbers of rows to check, spread evenly, and so are any first few of them. */
export function sampledRows(rows: number): readonly number[] {
  const tried = Math.min(rows, TRIED);
  const step = Math.ceil(tried / CHECKED);
  const places = Array.from({ length: tried }, (_, i) => Math.floor((i * rows) / tried));
  return Array.from({ length: step }, (_, first) =>
    places.filter((_, i) => i % step === first),
  ).flat();
}

/**
 * Embeds images again, and compares.
 *
 * @param samples in the order in which they are tried.
 * @throws ApiError COLLECTION_MODEL_MISMATCH for vectors that are not of this model, or not of these images.
 */
export async function checkVectors(
  loaders: Pick<Loaders, 'image'>,
  model: string,
  samples: readonly Sample[],
): Promise<VectorCheck> {
  const found: { readonly row: VectorRow; readonly cosine: number }[] = [];
  let failure: string | undefined;
  for (let start = 0; start < samples.length && found.length < CHECKED; ) {
    const some = samples.slice(start, start + CHECKED - found.length);
    start += some.length;
    const compare = async ({ row, vector }: Sample) => {
      if (row.address === undefined) return;
      try {
        const { direction } = await loaders.image({ url: row.address });
        found.push({
          row,
          cosine: vector.reduce((sum, value, i) => sum + value * direction[i]!, 0),
        });
      } catch (error) {
        const known = publicError(error);
        if (known === undefined) throw error;
        failure ??= errorLine(known, row.address);
      }
    };
    await Promise.all(some.map(compare));
  }
  const cosine = Math.min(...found.map((one) => one.cosine));
  const worst = found.find((one) => one.cosine === cosine);
  if (worst === undefined || cosine >= LEAST_COSINE) {
    return { images: found.length, cosine, failure };
  }
  const bad = found.filter((one) => one.cosine < LEAST_COSINE).length;
  const expected = `expected vectors that ${model} makes of these images (a cosine of at least ${LEAST_COSINE})`;
  const name = oneLine(shorten(worst.row.key, 100));
  const got = `others for ${grouped(bad)} of ${grouped(found.length)}, the worst ${cosine.toFixed(3)} for ${name}`;
  throw new ApiError('COLLECTION_MODEL_MISMATCH', `${expected}, got ${got}`);
}
