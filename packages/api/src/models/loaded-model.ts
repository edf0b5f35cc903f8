import type { Clip } from '@clipql/core';
import type { Inference } from '../inference/inference.ts';

/** A model that is ready to run. */
export interface LoadedModel {
  readonly clip: Clip;
  /** The way to its forward passes, for all requests. */
  readonly inference: Inference;
  /** Where its files are; the file of weights where that was named. */
  readonly folder: string;
  /** Whether it is the small one that comes with ClipQL. */
  readonly embedded: boolean;
  /** Frees its memory and ends its threads; what is in flight rejects with DISPOSED. */
  dispose(): void;
}

/** A model that can be asked for. */
export interface ModelSource {
  /** What requests call it. */
  readonly name: string;
  /** `modelHash` of it, where that is known before it is loaded. */
  readonly hash?: string | undefined;
  /** @param reserve to be called with the bytes that it will take, as soon as they are known. */
  load(reserve?: (bytes: number) => void): Promise<LoadedModel>;
}
