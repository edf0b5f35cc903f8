/** A column of a table in plain text. */
export interface Column {
  readonly heading: string;
  readonly align?: 'right';
}

/** Aligned lines, the headings first. */
export function alignedTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string[] {
  const table = [columns.map(({ heading }) => heading), ...rows];
  const widths = columns.map((_, i) => Math.max(...table.map((line) => line[i]!.length)));
  return table.map((line) =>
    line
      .map((cell, i) =>
        columns[i]!.align === 'right' ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!),
      )
      .join('  ')
      .trimEnd(),
  );
}
