import type { Estimate } from '@clipql/core';
import { interval, percent } from '../../percent.ts';

export type Series = 'zero' | 'few';

/**
 * A share as a bar with its confidence interval, in cells of a table: the picture, then the numbers.
 *
 * @param estimate undefined where it is not known.
 */
export function estimateCells(estimate: Estimate | undefined, series: Series): string {
  if (estimate === undefined) return '<td class="bar"></td><td class="number">not known</td>';
  return `<td class="bar">${intervalBar(estimate, series)}</td><td class="number"><b>${percent(estimate.value)}</b> <small>${interval(estimate)}</small></td>`;
}

/** Stretched to the width that there is. The numbers stand beside it, so it says nothing by itself. */
function intervalBar({ value, low, high }: Estimate, series: Series): string {
  const x = (share: number) => (100 * share).toFixed(2);
  return `<svg class="${series}" viewBox="0 0 100 14" preserveAspectRatio="none" aria-hidden="true">
<rect class="track" width="100" height="14"/><rect class="value" width="${x(value)}" height="14"/>
<line class="whisker" x1="${x(low)}" x2="${x(high)}" y1="7" y2="7"/>
<line class="whisker" x1="${x(low)}" x2="${x(low)}" y1="3" y2="11"/><line class="whisker" x1="${x(high)}" x2="${x(high)}" y1="3" y2="11"/>
</svg>`;
}
