import type { CoveragePoint } from '@clipql/core';
import type { Figures } from '../../../answers/evaluate/evaluation.ts';
import { interval, percent } from '../../percent.ts';
import { type Places, pathOf, plotSvg, shareAxis } from './axes.ts';
import type { Series } from './interval-bar.ts';
import { named, threshold } from './text.ts';

/** What rejecting unsure answers brings, as curves and as a table of thresholds. */
export function coveragePlot({ zeroShot, fewShot }: Figures, by: string): string {
  const curves: readonly (readonly [Series, readonly CoveragePoint[]])[] = [
    ['zero', zeroShot.coverage],
    ...(fewShot ? [['few', fewShot.assessment.coverage] as const] : []),
  ];
  const values = curves.flatMap(([, curve]) => curve.map(({ accuracy }) => accuracy.value));
  const svg = plotSvg({
    description: `Accuracy of the answers that are left if unsure ones are rejected: ${spoken(zeroShot.coverage)}`,
    x: { ...shareAxis('pictures that still get an answer', [0]), from: 0 },
    y: shareAxis('accuracy of these answers', values),
    marks: (at) => curves.map(([series, curve]) => drawn(curve, series, at)).join(''),
  });
  return `<div class="plots"><figure>${svg}<figcaption><span class="key zero">${named(by)}</span>${fewShot ? ' <span class="key few">few-shot</span>' : ''}</figcaption></figure>
${curves.map(([series, curve]) => table(curve, series, series === 'zero' ? by : 'few-shot')).join('')}</div>`;
}

const spoken = (curve: readonly CoveragePoint[]): string =>
  curve
    .filter((_, i) => i % 5 === 0)
    .map(({ coverage, accuracy }) => `${percent(accuracy.value)} of ${percent(coverage)}`)
    .join(', ');

const drawn = (curve: readonly CoveragePoint[], series: Series, at: Places): string =>
  `<g class="${series}"><path class="line" d="${pathOf(curve.map(({ coverage, accuracy }) => [at.x(coverage), at.y(accuracy.value)]))}"/>${curve
    .map(
      ({ coverage, accuracy, rejectBelow }) =>
        `<circle cx="${at.x(coverage)}" cy="${at.y(accuracy.value)}" r="3"><title>rejectBelow ${threshold(rejectBelow)}: ${percent(coverage)} answered, ${percent(accuracy.value)} of them right</title></circle>`,
    )
    .join('')}</g>`;

/** A point in so many is in the table. */
const STEP = 3;

const table = (curve: readonly CoveragePoint[], series: Series, title: string): string =>
  `<table><caption><span class="key ${series}">${named(title)}</span></caption><thead><tr><th scope="col">rejectBelow</th><th scope="col">answered</th><th scope="col">right</th></tr></thead><tbody>${curve
    .filter((_, i) => i % STEP === 0)
    .map(
      ({ rejectBelow, coverage, accuracy }) =>
        `<tr><td>${threshold(rejectBelow)}</td><td>${percent(coverage)}</td><td class="number"><b>${percent(accuracy.value)}</b> <small>${interval(accuracy)}</small></td></tr>`,
    )
    .join('')}</tbody></table>`;
