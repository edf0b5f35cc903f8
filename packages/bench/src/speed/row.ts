import type { SpeedRow } from '../kit/reports/speed-report.ts';
import type { Peaks } from '../kit/timing/peaks.ts';
import { median, round } from '../kit/timing/statistics.ts';

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
