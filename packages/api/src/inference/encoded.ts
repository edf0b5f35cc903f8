/** What an image file is. */
export interface ImageFacts {
  readonly format: string;
  /** Pixels in a row of the upright picture. */
  readonly width: number;
  /** Rows of the upright picture. */
  readonly height: number;
  /** Of the file. */
  readonly bytes: number;
}

/**
 * Milliseconds that each stage took: of an equal image that was under way, its stages; 0 where the
 * embedding was known already.
 */
export interface ImageTiming {
  readonly fetch: number;
  readonly decode: number;
  readonly preprocess: number;
  /** Of the batch that the image was in. */
  readonly imageEncoding: number;
}

/** An image, as a model sees it. */
export interface EncodedImage {
  readonly facts: ImageFacts;
  /** SHA-256 of the file, in hexadecimal. */
  readonly contentHash: string;
  /** [E], as the model gives it. */
  readonly embedding: Float32Array;
  /** [E], of length 1. */
  readonly direction: Float32Array;
  readonly timing: ImageTiming;
}

/** An image, and what a model sees of it with parts hidden. */
export interface OccludedImage {
  readonly facts: ImageFacts;
  /** [1 + parts][E], of length 1: of the whole image, then without each part, row by row. */
  readonly directions: readonly Float32Array[];
}

/** A text, as a model sees it. */
export interface EncodedText {
  /** Start and end tokens included. */
  readonly tokens: number;
  /** Whether the text was longer than the model's context, and was cut. */
  readonly truncated: boolean;
  /** [E], as the model gives it. */
  readonly embedding: Float32Array;
  /** [E], of length 1. */
  readonly direction: Float32Array;
  /** Milliseconds of the forward pass that the text was in; 0 where it was known already. */
  readonly encoding: number;
}
