import { alignedTable, type Column } from '../kit/reports/aligned-table.ts';
import type { ParityResult } from './row.ts';

export const allPassed = (results: readonly ParityResult[]): boolean =>
  results.every(({ row }) => row.passed);

/** One JSON object. A number that is not finite, as JSON cannot say it, is null. */
export const jsonReport = (results: readonly ParityResult[]): string =>
  JSON.stringify({ rows: results.map(({ row }) => row), passed: allPassed(results) });

const COLUMNS: readonly Column[] = [
  { heading: 'case' },
  { heading: 'tower' },
  { heading: 'backend' },
  { heading: 'precision' },
  { heading: 'minCosine', align: 'right' },
  { heading: 'relL2', align: 'right' },
  { heading: 'maxAbsDiff', align: 'right' },
  { heading: 'gate' },
  { heading: '' },
];

/** An aligned table, then what is wrong with each failure, then the outcome. */
export function tableReport(results: readonly ParityResult[]): string {
  const lines = alignedTable(COLUMNS, results.map(cells));
  const failed = results.filter(({ row }) => !row.passed);
  const outcome =
    failed.length === 0
      ? `all ${results.length} comparisons passed`
      : `${failed.length} of ${results.length} comparisons failed`;
  return [...lines, '', ...failed.map(describeFailure), outcome].join('\n');
}

/** One line: which comparison, what the gate is, and where the difference is largest. */
export const describeFailure = ({ row, gate, detail }: ParityResult): string =>
  `FAILED ${row.case} ${row.tower} ${row.backend} ${row.precision}: expected ${gate}; ${detail}`;

const cells = ({ row, gate }: ParityResult): string[] => [
  row.case,
  row.tower,
  row.backend,
  row.precision,
  row.minCosine.toFixed(10),
  short(row.relL2),
  short(row.maxAbsDiff),
  gate,
  row.passed ? 'passed' : 'FAILED',
];

const short = (value: number): string =>
  Number.isInteger(value) ? String(value) : value.toExponential(2);
