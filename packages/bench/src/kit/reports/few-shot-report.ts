import type { Machine } from '../machine.ts';

/** How images are classified: by core's probe, or by what it is compared with. */
export type FewShotMethod = 'probe' | 'classMean' | 'logisticRegression' | 'published';

/** What `bench few-shot` measures: one row for each set and number of pictures. */
export interface FewShotReport {
  readonly machine: Machine;
  readonly model: string;
  readonly seeds: number;
  readonly rows: readonly FewShotRow[];
  /** Whether the probe is nowhere below zero-shot by more than 0.5 points, and above the others on average. */
  readonly passed: boolean;
}

/** Means over the seeds; shares from 0 to 1. */
export interface FewShotRow {
  readonly set: string;
  readonly labels: number;
  /** Images that were classified. */
  readonly images: number;
  /** Pictures of each class that were learned from. */
  readonly shots: number;
  readonly zeroShot: number;
  /** Top-1 accuracy; null where it was not measured. */
  readonly accuracy: Readonly<Record<FewShotMethod, number | null>>;
  /** Expected calibration error of the probe, 15 bins, before and after its temperature. */
  readonly ece: { readonly before: number; readonly after: number };
  readonly temperature: number;
  /** To train the probe, its temperature with it. */
  readonly trainingSeconds: number;
}
