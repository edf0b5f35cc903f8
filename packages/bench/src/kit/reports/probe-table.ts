import { round } from '../timing/statistics.ts';
import { alignedTable } from './aligned-table.ts';
import { cellText } from './cell-text.ts';
import type { Claim, ProbeReport } from './claims.ts';

/** A report for people: its rows, and what does and does not hold. */
export function probeTable({ probe: name, machine, model, rows, claims }: ProbeReport): string {
  const headings = Object.keys(rows[0] ?? {});
  const columns = headings.map((heading) =>
    typeof rows[0]![heading] === 'number' ? { heading, align: 'right' as const } : { heading },
  );
  const cells = rows.map((row) => headings.map((heading) => cellText(row[heading]!)));
  return [
    `${name}: ${model} on ${machine.cpu}, load before ${machine.loadBefore}`,
    '',
    ...alignedTable(columns, cells),
    '',
    ...claims.map(describeClaim),
  ].join('\n');
}

export const describeClaim = ({ claim, measured, limit, least, passed }: Claim): string =>
  `${passed ? 'passed' : 'FAILED'}  ${claim}: ${cellText(round(measured))}, at ${least ? 'least' : 'most'} ${cellText(limit)}`;
