import { cellText } from './cell-text.ts';
import type { Cell } from './claims.ts';

/** A table in Markdown; numbers are set to the right. */
export function markdownTable(
  headings: readonly string[],
  rows: readonly (readonly Cell[])[],
): string[] {
  const isNumber = headings.map((_, i) => rows.every((row) => typeof row[i] === 'number'));
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(headings),
    line(isNumber.map((right) => (right ? '--:' : '---'))),
    ...rows.map((row) => line(row.map(cellText))),
  ];
}
