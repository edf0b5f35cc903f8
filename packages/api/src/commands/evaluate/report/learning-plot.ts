import type { Estimate } from '@clipql/core';
import type { Figures } from '../../../answers/evaluate/evaluation.ts';
import { interval, percent } from '../../percent.ts';
import { pathOf, plotSvg, shareAxis, whisker } from './axes.ts';

/** What pictures of each class bring: accuracy by how many were learned from. */
export function learningPlot({ zeroShot, fewShot }: Figures): string {
  if (fewShot === undefined) return '';
  const points = [
    { shots: 0, accuracy: zeroShot.accuracy, balanced: zeroShot.balancedAccuracy },
    ...fewShot.levels.map(({ shots, accuracy, balancedAccuracy }) => ({
      shots,
      accuracy,
      balanced: balancedAccuracy,
    })),
  ];
  const all = points.flatMap(({ accuracy, balanced }) => [accuracy.low, balanced.low]);
  const last = points.length - 1;
  const svg = plotSvg({
    description: `Accuracy by pictures of each class that were learned from: ${points.map(({ shots, accuracy }) => `${shots}: ${percent(accuracy.value)}`).join(', ')}`,
    x: {
      title: 'pictures of each class that were learned from',
      from: -0.35,
      to: last + 0.35,
      ticks: points.map(({ shots }, at) => ({ at, text: shots === 0 ? 'none' : `${shots}` })),
    },
    y: shareAxis('accuracy', all),
    marks: (at) => {
      const series = (
        of: (point: (typeof points)[number]) => Estimate,
        shift: number,
        kind: string,
      ) => {
        const placed = points.map((point, i) => ({ x: at.x(i) + shift, estimate: of(point) }));
        const line = placed.map(({ x, estimate }) => [x, at.y(estimate.value)] as const);
        return `<g class="${kind}"><path class="line" d="${pathOf(line)}"/>${placed
          .map(
            ({ x, estimate }) =>
              `${whisker(x, at.y(estimate.low), at.y(estimate.high))}<circle cx="${x}" cy="${at.y(estimate.value)}" r="4.5"/>`,
          )
          .join('')}</g>`;
      };
      return (
        series(({ balanced }) => balanced, 6, 'balanced') +
        series(({ accuracy }) => accuracy, -6, 'few')
      );
    },
  });
  const rows = points.map(
    ({ shots, accuracy, balanced }) =>
      `<tr><th scope="row">${shots === 0 ? 'none: zero-shot' : shots}</th>${numberCell(accuracy)}${numberCell(balanced)}</tr>`,
  );
  return `<figure>${svg}<figcaption><span class="key few">accuracy</span> <span class="key balanced">balanced accuracy</span></figcaption></figure>
<table><thead><tr><th scope="col">pictures a class</th><th scope="col">accuracy</th><th scope="col">balanced accuracy</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

const numberCell = (estimate: Estimate): string =>
  `<td><b>${percent(estimate.value)}</b> <small>${interval(estimate)}</small></td>`;
