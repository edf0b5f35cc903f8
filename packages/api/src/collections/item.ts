import type { ImageFormat } from '@clipql/core';

/** A date is a string in ISO 8601: `2024-05-17`, `2024-05-17T10:30:00Z`. */
export type MetadataValue = string | number | boolean | readonly string[];

/** Values by the names of their fields, which may be anything (`__proto__` too). */
export type Metadata = Readonly<Record<string, MetadataValue>>;

/** What is known of an image's file. */
export interface ImageFacts {
  readonly format: ImageFormat;
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
}

/** What a collection keeps of an image. */
export interface NewItem {
  /** Unique in its collection. */
  readonly key: string;
  /** The path or URL that the image came from; `upload` for one that came with a request. */
  readonly source: string;
  /** SHA-256 of the file, in hexadecimal; undefined where the vector was made elsewhere. */
  readonly contentHash: string | undefined;
  /** Undefined where the vector was made elsewhere. */
  readonly facts: ImageFacts | undefined;
  /** When the file was last changed, in milliseconds since 1970; undefined where there is no saying. */
  readonly modified: number | undefined;
  readonly metadata: Metadata;
  /** A WebP or JPEG file. */
  readonly thumbnail: Uint8Array | undefined;
  /** [E], of length 1. Kept in half precision. */
  readonly embedding: Float32Array;
}

/** An item as it is kept. */
export interface Item extends Omit<NewItem, 'embedding' | 'thumbnail'> {
  /** Its number in the index: from 1, another one when its vector changes, and never used again. */
  readonly row: number;
  readonly indexedAt: Date;
  readonly hasThumbnail: boolean;
}

/** What tells whether an image is to be embedded again. */
export interface KnownItem extends Pick<Item, 'contentHash' | 'modified'> {
  readonly bytes: number | undefined;
}
