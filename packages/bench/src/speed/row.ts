import type { Precision } from '../parity/engine.ts';
import type { EngineName } from './engine.ts';
import type { Peaks } from './peaks.ts';

/** One engine's time for one workload, as `bench speed --json` prints it. */
export interface SpeedRow {
  readonly engine: EngineName;
  readonly backend: string;
  readonly precision: Precision;
  readonly tower: 'image' | 'text';
  /** Images or texts of a forward pass. */
  readonly batch: number;
  /** Tokens that went through the tower, padding included; and those that had to. */
  readonly executedTokens: number;
  readonly realTokens: number;
  readonly threads: number;
  /** Milliseconds of a pass over all rounds. */
  readonly medianMs: number;
  readonly minMs: number;
  /** The median by image or text. */
  readonly perItemMs: number;
  /** 10⁹ operations a second at the median, of those that this engine executes. */
  readonly gflops: number;
  /**
   * `gflops` by the peak of WebAssembly's vectors on as many cores, measured in the same run. Native
   * code has wider ones and may pass 1. null where the peak cannot be measured.
   */
  readonly ofPeak: number | null;
}

/** What a row is about. */
export type Subject = Pick<
  SpeedRow,
  | 'engine'
  | 'backend'
  | 'precision'
  | 'tower'
  | 'batch'
  | 'executedTokens'
  | 'realTokens'
  | 'threads'
>;

/** @param operations that one pass executes. @param times of each pass, in milliseconds. */
export function speedRow(
  subject: Subject,
  operations: number,
  times: readonly number[],
  peaks: Peaks,
): SpeedRow {
  const medianMs = median(times);
  const gflops = operations / (medianMs * 1e6);
  const peak = peaks[subject.precision];
  return {
    ...subject,
    medianMs: round(medianMs),
    minMs: round(Math.min(...times)),
    perItemMs: round(medianMs / subject.batch),
    gflops: round(gflops),
    ofPeak: peak === undefined ? null : round(gflops / (peak * subject.threads)),
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1
    ? sorted[Math.floor(middle)]!
    : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** To four digits, which is more than repeats. */
export const round = (value: number): number => Number(value.toPrecision(4));
