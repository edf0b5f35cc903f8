import type { Assessment } from '../../../answers/evaluate/evaluation.ts';
import { shorten } from '../../../errors/one-line.ts';
import { escaped } from '../../html.ts';
import { percent } from '../../percent.ts';

/** Of more classes, those that are confused most are shown. */
const MOST_CLASSES = 30;
/** So many fit on a phone, made a little smaller; more scroll. */
const FITTING_CLASSES = 10;
const LABEL_CHARACTERS = 16;
const CHARACTER_WIDTH = 6.4;

/** The confusion matrix as a heat map: a row for each class, shaded by the share of its pictures. */
export function confusionPlot(assessment: Assessment, labels: readonly string[]): string {
  const shown = shownClasses(assessment);
  const names = shown.map((k) => shorten(labels[k]!, LABEL_CHARACTERS));
  const margin = 12 + CHARACTER_WIDTH * Math.max(...names.map((name) => name.length));
  const cell = shown.length <= 8 ? 38 : shown.length <= 15 ? 28 : 20;
  const size = margin + cell * shown.length;
  const row = (k: number, i: number) => {
    const counts = assessment.confusionMatrix[k]!;
    const images = counts.reduce((a, b) => a + b, 0);
    const cells = shown.map((other, j) =>
      cellSvg({
        x: margin + j * cell,
        y: margin + i * cell,
        cell,
        count: counts[other]!,
        share: images === 0 ? 0 : counts[other]! / images,
        isRight: k === other,
        title: `${labels[k]!} taken for ${labels[other]!}`,
      }),
    );
    const y = margin + (i + 0.5) * cell + 4;
    return `<text x="${margin - 7}" y="${y}" text-anchor="end">${escaped(names[i]!)}</text>${cells.join('')}`;
  };
  const heads = names.map(
    (name, j) =>
      `<text transform="translate(${margin + (j + 0.5) * cell + 4} ${margin - 7}) rotate(-90)">${escaped(name)}</text>`,
  );
  const left = assessment.classes.length - shown.length;
  return `<figure><div class="scroll" tabindex="0" role="region" aria-label="Confusion matrix"><svg class="matrix${shown.length <= FITTING_CLASSES ? ' fits' : ''}" role="img" aria-label="Confusion matrix: a row for each class, a column for each class that it was taken for. The table of confusions has the numbers." width="${Math.ceil(size + 4)}" height="${Math.ceil(size + 4)}" viewBox="0 0 ${Math.ceil(size + 4)} ${Math.ceil(size + 4)}">
${heads.join('')}${shown.map(row).join('\n')}
</svg></div><figcaption>Rows: what pictures show. Columns: what they were taken for.${left > 0 ? ` ${left} classes that are confused less are left out.` : ''}</figcaption></figure>`;
}

/** In their order. */
function shownClasses({ classes, confusions }: Assessment): readonly number[] {
  if (classes.length <= MOST_CLASSES) return [...classes.keys()];
  const chosen = new Set<number>();
  for (const { truth, predicted } of confusions) {
    for (const k of [truth, predicted]) if (chosen.size < MOST_CLASSES) chosen.add(k);
  }
  for (const k of classes.keys()) if (chosen.size < MOST_CLASSES) chosen.add(k);
  return [...chosen].sort((a, b) => a - b);
}

interface Cell {
  readonly x: number;
  readonly y: number;
  readonly cell: number;
  readonly count: number;
  readonly share: number;
  readonly isRight: boolean;
  readonly title: string;
}

function cellSvg({ x, y, cell, count, share, isRight, title }: Cell): string {
  const square = `<rect class="cell" x="${x}" y="${y}" width="${cell - 1.5}" height="${cell - 1.5}" rx="2"/>`;
  if (count === 0) return square;
  const heat = `<rect class="${isRight ? 'right' : 'wrong'}" x="${x}" y="${y}" width="${cell - 1.5}" height="${cell - 1.5}" rx="2" fill-opacity="${(0.12 + 0.88 * share).toFixed(3)}"/>`;
  const number =
    cell < 28
      ? ''
      : `<text class="${share > 0.5 ? 'on' : ''}" x="${x + cell / 2 - 0.75}" y="${y + cell / 2 + 3.5}" text-anchor="middle">${count}</text>`;
  return `<g>${square}${heat}${number}<title>${escaped(title)}: ${count} (${percent(share)})</title></g>`;
}
