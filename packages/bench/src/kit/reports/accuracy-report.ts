import type { Precision } from '@clipql/core';
import type { Machine } from '../machine.ts';

/** Shares of the images, 0 to 1. */
export interface Accuracy {
  readonly top1: number;
  readonly top5: number;
}

/** One set in one precision; accuracies are shares, 0 to 1. */
export interface AccuracyRow extends Accuracy {
  readonly set: string;
  readonly labels: number;
  readonly images: number;
  readonly backend: string;
  readonly precision: Precision;
  /** What the model's figures.json says, where it says it of this set and all images were used. */
  readonly publishedTop1: number | null;
  /** Points of top-1 that this precision has less than the first one of the run. */
  readonly lostPoints: number;
  readonly passed: boolean;
}

/** What `bench accuracy --json` prints. */
export interface AccuracyReport {
  readonly machine: Machine;
  readonly model: string;
  readonly rows: readonly AccuracyRow[];
  readonly passed: boolean;
}
