/** A picture whose class is known. */
export interface LabelledImage {
  /** Its path, URL or key. */
  readonly name: string;
  /** Equal for equal files. */
  readonly contentHash: string;
  /** [E], of length 1. */
  readonly embedding: Float32Array;
  /** The place of its class, from 0. */
  readonly truth: number;
  /** What figures are broken down by: a value for each column, undefined for none. */
  readonly groups: readonly (string | undefined)[];
}

/** A file that is in one class several times: it counts once. */
interface RepeatedImage {
  readonly name: string;
  /** The one that counts. */
  readonly of: string;
}

/** A file that is in several classes: no answer would be right, so it does not count. */
interface ContradictoryImage {
  readonly names: readonly string[];
  readonly classes: readonly number[];
}

export interface DistinctImages {
  /** In the order of their hashes, which is as good as a random one, and the same wherever they lie. */
  readonly images: readonly LabelledImage[];
  readonly repeated: readonly RepeatedImage[];
  readonly contradictory: readonly ContradictoryImage[];
}

/** Counts each file once. One that is repeated would be learned from and judged by at the same time. */
export function distinctImages(given: readonly LabelledImage[]): DistinctImages {
  const byHash = Map.groupBy(given, ({ contentHash }) => contentHash);
  const images: LabelledImage[] = [];
  const repeated: RepeatedImage[] = [];
  const contradictory: ContradictoryImage[] = [];
  for (const same of byHash.values()) {
    const classes = [...new Set(same.map(({ truth }) => truth))];
    if (classes.length > 1) {
      contradictory.push({ names: same.map(({ name }) => name), classes });
      continue;
    }
    const first = same[0]!;
    images.push(first);
    repeated.push(...same.slice(1).map(({ name }) => ({ name, of: first.name })));
  }
  images.sort((a, b) => (a.contentHash < b.contentHash ? -1 : 1));
  return { images, repeated, contradictory };
}
