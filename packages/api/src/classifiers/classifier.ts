import type { Owner } from '../access/owner.ts';
import type { VectorSpace } from '../collections/collection.ts';

/** A class to store. */
export interface NewClass {
  readonly label: string;
  /** What goes into the templates: null for the label itself, none for a class of pictures alone. */
  readonly texts: readonly string[] | null;
  /** [E], of length 1: the mean over its texts in all templates; undefined for no text. */
  readonly direction: Float32Array | undefined;
  /** Whether one of its texts was longer than the model's context, and was cut. */
  readonly isCut: boolean;
}

/** A class as it is to be. */
export interface ChangedClass extends NewClass {
  /** The place, from 0, of the class whose pictures it takes over; undefined for a new one. */
  readonly from: number | undefined;
}

/** A classifier to store. */
export interface NewClassifier {
  readonly name: string;
  readonly space: VectorSpace;
  /** The model's, by which cosines are multiplied. */
  readonly logitScale: number;
  /** Each with `{}` for the text. */
  readonly templates: readonly string[];
  /** Whether it keeps its examples' image files too. */
  readonly keepsImages: boolean;
  /** At least two, with different labels. */
  readonly classes: readonly NewClass[];
}

export interface ClassifierClass extends Omit<NewClass, 'direction'> {
  /** Pictures that it has learned from. */
  readonly examples: number;
}

/** Classes under a name, which learn from pictures. */
export interface Classifier extends Omit<NewClassifier, 'classes'> {
  readonly id: number;
  readonly owner: Owner;
  readonly classes: readonly ClassifierClass[];
  /** Grows whenever its examples change. */
  readonly version: number;
  /** What its logits are divided by, as last trained; undefined until it is, and without pictures. */
  readonly temperature: number | undefined;
  readonly createdAt: Date;
  /** When its examples last changed. */
  readonly changedAt: Date;
}

/** A picture to learn from. */
export interface NewExample {
  /** The place of its class, from 0. */
  readonly class: number;
  /** SHA-256 of the file, in hexadecimal: what an example is known by. */
  readonly contentHash: string;
  /** A path, a URL, or `upload`. */
  readonly source: string;
  /** Such as `jpeg`. */
  readonly format: string;
  /** [E], of length 1. */
  readonly embedding: Float32Array;
  /** The file; undefined unless the classifier keeps images. */
  readonly image: Uint8Array | undefined;
}

/** A picture that a classifier has learned from. */
export interface Example extends Omit<NewExample, 'embedding' | 'image'> {
  readonly hasImage: boolean;
  readonly addedAt: Date;
}

/** What a classifier is made of, in the order of its classes and of its examples. */
export interface TrainingSet {
  readonly version: number;
  /** [classes][E], of length 1; undefined for a class of pictures alone. */
  readonly texts: readonly (Float32Array | undefined)[];
  readonly examples: {
    /** [examples][E], of length 1. */
    readonly embeddings: readonly Float32Array[];
    /** The place of each one's class. */
    readonly classes: readonly number[];
    readonly contentHashes: readonly string[];
  };
}
