import { alignedTable, type Column } from '../kit/reports/aligned-table.ts';
import type { SpeedReport, SpeedRow } from '../kit/reports/speed-report.ts';

const COLUMNS: readonly Column[] = [
  { heading: 'engine' },
  { heading: 'backend' },
  { heading: 'precision' },
  { heading: 'tower' },
  { heading: 'batch', align: 'right' },
  { heading: 'tokens/real', align: 'right' },
  { heading: 'threads', align: 'right' },
  { heading: 'median ms', align: 'right' },
  { heading: 'min ms', align: 'right' },
  { heading: 'ms/item', align: 'right' },
  { heading: 'Gop/s', align: 'right' },
  { heading: 'of peak', align: 'right' },
];

/** The machine, the rows, and what was not measured. */
export function speedTable({ machine, model, peaks, rows, unavailable }: SpeedReport): string {
  const { cpu, cores, memory, os, node, loadBefore } = machine;
  return [
    `${model} on ${cpu}, ${cores} cores, ${(memory / 2 ** 30).toFixed(0)} GiB, ${os}, Node ${node}, load before ${loadBefore}`,
    `peak of a core in WebAssembly: f32 ${peakText(peaks.f32)}, int8 ${peakText(peaks.int8)}`,
    '',
    ...alignedTable(COLUMNS, rows.map(cells)),
    '',
    ...unavailable.map(({ engine, reason }) => `not measured: ${engine}: ${reason}`),
  ].join('\n');
}

const peakText = (peak: number | undefined) =>
  peak === undefined ? 'unknown' : `${peak.toFixed(0)} Gop/s`;

const cells = (row: SpeedRow): string[] => [
  row.engine,
  row.backend,
  row.precision,
  row.tower,
  String(row.batch),
  `${row.executedTokens}/${row.realTokens}`,
  String(row.threads),
  row.medianMs.toFixed(2),
  row.minMs.toFixed(2),
  row.perItemMs.toFixed(2),
  row.gflops.toFixed(1),
  row.ofPeak === null ? '' : `${(100 * row.ofPeak).toFixed(0)} %`,
];
