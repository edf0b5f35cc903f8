import type { SpeedReport, SpeedRow } from '../kit/reports/speed-report.ts';

/** Ratios by what they compare; smaller is faster. */
export type Ratios = Readonly<Record<string, number>>;

/**
 * ClipQL's time by each peer's, and the measured peak by ClipQL's speed. Of the fastest passes: a
 * machine that others use slows many passes down, and seldom all.
 */
export function ratiosOf({ rows, peaks }: Pick<SpeedReport, 'rows' | 'peaks'>): Ratios {
  const ratios: Record<string, number> = {};
  for (const ours of rows.filter(({ engine }) => engine === 'clipql')) {
    const { precision, tower, batch, threads, gflops, medianMs, minMs } = ours;
    const subject = `${tower} ${precision}, batch ${batch}, threads ${threads}`;
    for (const peer of rows.filter((row) => row.engine !== 'clipql' && isSame(row, ours))) {
      ratios[`${subject}: ClipQL / ${peer.engine}`] = round(minMs / peer.minMs);
    }
    const peak = peaks[precision];
    const fastest = (gflops * medianMs) / minMs;
    if (peak !== undefined) ratios[`${subject}: peak / ClipQL`] = round((peak * threads) / fastest);
  }
  return ratios;
}

const isSame = (a: SpeedRow, b: SpeedRow): boolean =>
  a.precision === b.precision &&
  a.tower === b.tower &&
  a.batch === b.batch &&
  a.threads === b.threads;

const round = (ratio: number): number => Number(ratio.toPrecision(3));
