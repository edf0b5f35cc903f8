import { markdownTable } from '../kit/reports/markdown-table.ts';
import type { SpeedReport } from '../kit/reports/speed-report.ts';
import { allPassed } from '../parity/report.ts';
import type { ParityResult } from '../parity/row.ts';
import { speedTable } from '../speed/speed-table.ts';
import type { RatioResult } from './baseline.ts';

/** What `bench ci` found. */
export interface CiResult {
  readonly parity: readonly ParityResult[];
  readonly ratios: readonly RatioResult[];
  readonly tolerance: number;
  readonly speed: SpeedReport;
}

export const ciPassed = ({ parity, ratios }: CiResult): boolean =>
  allPassed(parity) && ratios.every(({ passed }) => passed);

/** A summary in Markdown: the outcome, what failed, the ratios, and the times they come from. */
export function ciSummary(result: CiResult): string {
  const { parity, ratios, tolerance, speed } = result;
  const failed = parity.filter(({ row }) => !row.passed);
  return [
    `## ClipQL benchmark: ${ciPassed(result) ? 'passed' : 'FAILED'}`,
    '',
    `Parity: ${parity.length - failed.length} of ${parity.length} comparisons passed.`,
    ...failed.map(
      ({ row, gate, detail }) =>
        `- **${row.case} ${row.tower} ${row.backend} ${row.precision}**: expected ${gate}; ${detail}`,
    ),
    '',
    `Speed, as ratios of the fastest passes; one may rise by ${Math.round(100 * tolerance)} % over its baseline:`,
    '',
    ...markdownTable(
      ['ratio', 'now', 'baseline', ''],
      ratios.map(({ name, ratio, baseline, passed }) => [
        name,
        ratio ?? 'not measured',
        baseline ?? 'new',
        passed ? 'passed' : '**FAILED**',
      ]),
    ),
    '',
    '```text',
    speedTable(speed).trimEnd(),
    '```',
    '',
  ].join('\n');
}
