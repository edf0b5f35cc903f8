import { basename } from 'node:path';
import type { Mistake } from '../../../answers/evaluate/evaluation.ts';
import { escaped, jpegUrl } from '../../html.ts';
import { percent } from '../../percent.ts';
import { labelsOf, type Report } from '../evaluation-json.ts';
import { named } from './text.ts';

/** A mistake, and its picture as a JPEG; undefined where there is none to be had. */
export interface PicturedMistake extends Mistake {
  readonly thumbnail: Uint8Array | undefined;
}

/** The surest of the wrong answers. */
export function mistakeFigures(report: Report, mistakes: readonly PicturedMistake[]): string {
  const labels = labelsOf(report);
  if (mistakes.length === 0) return '<p>No answer was wrong.</p>';
  return `<div class="mistakes">${mistakes
    .map(({ image, truth, predicted, probability, truthProbability, thumbnail }) => {
      const { name } = report.images[image]!;
      const picture =
        thumbnail === undefined
          ? '<span class="none">no picture</span>'
          : `<img alt="${named(basename(name))}" src="${jpegUrl(thumbnail)}">`;
      return `<figure title="${escaped(name)}"><span class="picture">${picture}</span><figcaption><span class="was">is <b>${named(labels[truth]!)}</b> <small>${percent(truthProbability)}</small></span><span class="said">taken for <b>${named(labels[predicted]!)}</b> <small>${percent(probability)}</small></span><small class="file">${named(name)}</small></figcaption></figure>`;
    })
    .join('')}</div>`;
}
