/** Rows of a chunk; the last one may be shorter. */
export const CHUNK_ROWS = 1_000;
/** Rows of a cluster, on average. */
const CLUSTER_ROWS = 200;
/** A few numbers of CLIP's embeddings are several times as large as the others, in all images or all texts. */
const OUTLIERS = 4;
const OUTLIER_FACTOR = 8;

/**
 * Made-up embeddings of length 1, the same for the same numbers, that lie as CLIP's do: images in clusters around a
 * common direction, texts around another. Images of a cluster have cosines of about 0.75, others of 0.5; a text has
 * about 0.2 with the images of its cluster, and 0 with others. Images are rounded to float16, as a collection keeps them.
 */
export class ClusteredVectors {
  readonly rows: number;
  readonly dimensions: number;
  readonly #centres: Float32Array;
  readonly #imageMean: Float32Array;
  readonly #textMean: Float32Array;

  constructor(rows: number, dimensions: number) {
    this.rows = rows;
    this.dimensions = dimensions;
    const clusters = Math.ceil(rows / CLUSTER_ROWS);
    this.#centres = new Float32Array(clusters * dimensions);
    const random = new RandomDirections(1);
    for (let i = 0; i < clusters; i++) random.fill(part(this.#centres, i, dimensions));
    this.#imageMean = withOutliers(random.fill(new Float32Array(dimensions)), 0);
    this.#textMean = withOutliers(random.fill(new Float32Array(dimensions)), 0.5);
  }

  /** Images from row `index` × {@link CHUNK_ROWS} on, [n·E]. */
  chunk(index: number): Float32Array {
    const { dimensions } = this;
    const count = Math.min(CHUNK_ROWS, this.rows - index * CHUNK_ROWS);
    const random = new RandomDirections(1_000 + index);
    const vectors = random.fillAll(new Float32Array(count * dimensions), dimensions);
    for (let i = 0; i < count; i++) {
      const vector = part(vectors, i, dimensions);
      mix(vector, [0.7, this.#imageMean], [0.5, this.#centre(random)], [0.5, vector]);
    }
    return Float32Array.from(new Float16Array(vectors));
  }

  /** Texts, each [E]. */
  texts(count: number): readonly Float32Array[] {
    const random = new RandomDirections(2);
    return Array.from({ length: count }, () => {
      const vector = random.fill(new Float32Array(this.dimensions));
      mix(vector, [0.7, this.#textMean], [0.4, this.#centre(random)], [0.6, vector]);
      return vector;
    });
  }

  #centre(random: RandomDirections): Float32Array {
    const clusters = this.#centres.length / this.dimensions;
    return part(this.#centres, random.below(clusters), this.dimensions);
  }
}

type Term = readonly [weight: number, vector: Float32Array];

/** Sets a vector to a sum of others, which it may be one of, and its length to 1. */
function mix(into: Float32Array, [a, x]: Term, [b, y]: Term, [c, z]: Term): void {
  for (let k = 0; k < into.length; k++) into[k] = a * x[k]! + b * y[k]! + c * z[k]!;
  normalize(into);
}

function withOutliers(vector: Float32Array, first: number): Float32Array {
  for (let i = 0; i < OUTLIERS; i++) {
    vector[Math.floor(((i + first) / OUTLIERS) * vector.length)]! *= OUTLIER_FACTOR;
  }
  return normalize(vector);
}

function normalize(vector: Float32Array): Float32Array {
  let squares = 0;
  for (let k = 0; k < vector.length; k++) squares += vector[k]! ** 2;
  const factor = 1 / (Math.sqrt(squares) || 1);
  for (let k = 0; k < vector.length; k++) vector[k]! *= factor;
  return vector;
}

const part = (vectors: Float32Array, index: number, dimensions: number): Float32Array =>
  vectors.subarray(index * dimensions, (index + 1) * dimensions);

/** Marsaglia's xorshift, https://doi.org/10.18637/jss.v008.i14. */
class RandomDirections {
  #state: number;

  constructor(seed: number) {
    this.#state = Math.imul(seed + 1, 0x9e3779b1) | 1;
    for (let i = 0; i < 8; i++) this.#next();
  }

  below(limit: number): number {
    return Math.floor((this.#next() / 2 ** 32) * limit);
  }

  /** Each number is the sum of two; the length becomes 1. */
  fill(vector: Float32Array): Float32Array {
    for (let k = 0; k < vector.length; k++) {
      const bits = this.#next();
      vector[k] = (bits >>> 16) + (bits & 0xffff) - 0xffff;
    }
    return normalize(vector);
  }

  fillAll(vectors: Float32Array, dimensions: number): Float32Array {
    for (let i = 0; i < vectors.length / dimensions; i++) this.fill(part(vectors, i, dimensions));
    return vectors;
  }

  #next(): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return state >>> 0;
  }
}
