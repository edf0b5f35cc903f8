import type { SpeedReport, SpeedRow } from '../kit/reports/speed-report.ts';

/** Ratios by what they compare; smaller is faster. */
export type Ratios = Readonly<Record<string, number>>;

type Peaks = SpeedReport['peaks'];

const INT8_KINDS = ['with dot products', 'without dot products'] as const;

/**
 * Where the engine has int8 dot products in one instruction (AVX-VNNI), int8's peak is four times float32's;
 * elsewhere it is less than twice. Ratios of the two kinds of processors are no measure for each other.
 */
const int8Kind = ({ f32 = 0, int8 = 0 }: Peaks): (typeof INT8_KINDS)[number] =>
  INT8_KINDS[int8 >= 2.5 * f32 ? 0 : 1];

/** The ratios of a baseline that hold on a processor with these peaks, and those that do not. */
export function ratiosByProcessor(
  ratios: Ratios,
  peaks: Peaks,
): { readonly here: Ratios; readonly elsewhere: Ratios } {
  const other = INT8_KINDS.find((kind) => kind !== int8Kind(peaks))!;
  const isElsewhere = ([name]: [string, number]) => name.includes(` int8 ${other},`);
  const entries = Object.entries(ratios);
  return {
    here: Object.fromEntries(entries.filter((entry) => !isElsewhere(entry))),
    elsewhere: Object.fromEntries(entries.filter(isElsewhere)),
  };
}

/**
 * ClipQL's time by each peer's, and the measured peak by ClipQL's speed. Of the fastest passes: a
 * machine that others use slows many passes down, and seldom all.
 */
export function ratiosOf({ rows, peaks }: Pick<SpeedReport, 'rows' | 'peaks'>): Ratios {
  const ratios: Record<string, number> = {};
  for (const ours of rows.filter(({ engine }) => engine === 'clipql')) {
    const { precision, tower, batch, threads, gflops, medianMs, minMs } = ours;
    const kind = precision === 'int8' ? ` ${int8Kind(peaks)}` : '';
    const subject = `${tower} ${precision}${kind}, batch ${batch}, threads ${threads}`;
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
