import type { ReliabilityBin } from '@clipql/core';
import type { CalibrationFigures } from '../../../answers/evaluate/evaluation.ts';
import { percent } from '../../percent.ts';
import { plotSvg, shareAxis, whisker } from './axes.ts';

/** How sure answers are, and how often they are right: a point for each part of the probabilities. */
export function reliabilityPlot(figures: CalibrationFigures, title: string): string {
  const seen = figures.bins.filter(({ count }) => count > 0);
  const total = seen.reduce((sum, { count }) => sum + count, 0);
  const svg = plotSvg({
    description: `Reliability diagram, ${title}: ${seen.map(({ confidence, accuracy }) => `${percent(confidence!)} sure, ${percent(accuracy!.value)} right`).join('; ')}`,
    x: shareAxis('probability of the answer', [0]),
    y: shareAxis('how often it is right', [0]),
    marks: (at) =>
      `<line class="diagonal" x1="${at.x(0)}" y1="${at.y(0)}" x2="${at.x(1)}" y2="${at.y(1)}"/><g class="zero">${seen
        .map((bin) => point(bin, total, at))
        .join('')}</g>`,
  });
  return `<figure>${svg}<figcaption><b>${title}</b>: calibration error ${percent(figures.expectedError)}, negative log-likelihood ${figures.negativeLogLikelihood.toFixed(3)}</figcaption></figure>`;
}

function point(
  { confidence, accuracy, count }: ReliabilityBin,
  total: number,
  at: { x(value: number): number; y(value: number): number },
): string {
  const { value, low, high } = accuracy!;
  const x = at.x(confidence!);
  // The area says how many answers there are.
  const radius = (3 + 9 * Math.sqrt(count / total)).toFixed(1);
  return `${whisker(x, at.y(low), at.y(high))}<circle cx="${x}" cy="${at.y(value)}" r="${radius}"><title>${count} answers, ${percent(confidence!)} sure, ${percent(value)} right</title></circle>`;
}
