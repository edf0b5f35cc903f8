/** Packs weights as `assembly/linear.ts` reads them: float32, in panels of 8 columns. */

/** Columns that a kernel computes side by side. */
export const PANEL = 8;

/** Columns filled up to whole panels. */
export const wholePanels = (columns: number): number => Math.ceil(columns / PANEL) * PANEL;

/**
 * Writes rows of W [N, K] as columns of panels: row n is lane n mod 8 of panel ⌊n / 8⌋, which is
 * [K, 8].
 *
 * @param values the rows from `first` on.
 */
export function packPanels(
  values: Float32Array,
  first: number,
  depth: number,
  panels: Float32Array,
): void {
  const rows = values.length / depth;
  for (let row = 0; row < rows; row++) {
    const n = first + row;
    let to = Math.floor(n / PANEL) * depth * PANEL + (n % PANEL);
    const end = (row + 1) * depth;
    for (let from = row * depth; from < end; from++) {
      panels[to] = values[from]!;
      to += PANEL;
    }
  }
}
