import type { Machine } from '../machine.ts';

/** Correlations of mixed scores with those of each side alone. */
export interface MixingBalance {
  readonly text: number;
  readonly image: number;
}

/** Whether search's method and constants were compared on images, or never saw them. */
export type Split = 'development' | 'held out';

/** A split of one set, or of all of them together. */
export interface RelevanceRow {
  readonly set: string;
  readonly split: Split;
  readonly images: number;
  /** That some images show. */
  readonly words: number;
  /** F1 of what AUTO finds, averaged over the words. */
  readonly autoF1: number;
  /** The same with the one cosine threshold that is best for the row's words, chosen by the labels. */
  readonly bestF1: number;
  readonly bestThreshold: number;
  readonly absentWords: number;
  /** Share of the absent words for which AUTO finds nothing. */
  readonly absentEmpty: number;
}

/** What `bench relevance --json` prints. */
export interface RelevanceReport {
  readonly machine: Machine;
  readonly model: string;
  readonly rows: readonly RelevanceRow[];
  /** For a word and an image mixed half and half: embeddings just added up, and as search mixes them. */
  readonly mixing: { readonly plain: MixingBalance; readonly centered: MixingBalance };
  readonly passed: boolean;
}
