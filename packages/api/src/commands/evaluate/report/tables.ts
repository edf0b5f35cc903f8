import type { Breakdown } from '../../../answers/evaluate/evaluation.ts';
import { grouped } from '../../../errors/grouped.ts';
import { escaped } from '../../html.ts';
import { percent } from '../../percent.ts';
import { answeredBy, labelsOf, type Report } from '../evaluation-json.ts';
import { estimateCells } from './interval-bar.ts';
import { named } from './text.ts';

/** Rows of long tables that are open from the start. */
const SHOWN = 12;

/** Recall and precision of each class, the worst recall first. */
export function classTable(report: Report): string {
  const labels = labelsOf(report);
  const { zeroShot, fewShot } = report.figures;
  const by = named(answeredBy(report));
  const few = fewShot?.assessment.classes;
  const order = [...zeroShot.classes.keys()].sort(
    (a, b) => recall(a) - recall(b) || zeroShot.classes[b]!.images - zeroShot.classes[a]!.images,
  );
  function recall(k: number): number {
    return (few ?? zeroShot.classes)[k]!.recall?.value ?? 2;
  }
  const head = (title: string) => `<th scope="col" colspan="2">${title}</th>`;
  return wide(
    'Recall and precision of each class',
    `<table class="bars"><thead><tr><th scope="col">class</th><th scope="col">pictures</th>${head(`recall, ${by}`)}${few ? head('recall, few-shot') : ''}${head(`precision, ${by}`)}</tr></thead><tbody>${order
      .map((k) => {
        const { images, recall, precision } = zeroShot.classes[k]!;
        return `<tr><th scope="row">${named(labels[k]!)}</th><td class="number">${grouped(images)}</td>${estimateCells(recall, 'zero')}${few ? estimateCells(few[k]!.recall, 'few') : ''}${estimateCells(precision, 'zero')}</tr>`;
      })
      .join('')}</tbody></table>`,
  );
}

/** What is confused with what. */
export function confusionTable(report: Report): string {
  const labels = labelsOf(report);
  const rows = report.figures.zeroShot.confusions.slice(0, SHOWN);
  if (rows.length === 0) return '<p>Nothing is confused.</p>';
  return `<table><caption>Most frequent confusions, ${named(answeredBy(report))}</caption><thead><tr><th scope="col">what it is</th><th scope="col">taken for</th><th scope="col">pictures</th></tr></thead><tbody>${rows
    .map(
      ({ truth, predicted, count, share }) =>
        `<tr><td>${named(labels[truth]!)}</td><td>${named(labels[predicted]!)}</td><td class="number">${grouped(count)} <small>${percent(share)} of the class</small></td></tr>`,
    )
    .join('')}</tbody></table>`;
}

/** Which templates would help. */
export function templateTable({
  figures: { templates },
  candidates,
  templates: own,
}: Report): string {
  if (templates === undefined) return '';
  const row = (name: string, cells: string, change: string) =>
    `<tr><th scope="row">${name}</th>${cells}<td class="number">${change}</td></tr>`;
  const change = ({ gained, lost }: { gained: number; lost: number }) =>
    gained === 0 && lost === 0 ? 'the same' : `+${grouped(gained)} −${grouped(lost)}`;
  const sorted = templates.candidates.toSorted((a, b) => b.accuracy.value - a.accuracy.value);
  return wide(
    'Accuracy by template',
    `<table class="bars"><thead><tr><th scope="col">template</th><th scope="col" colspan="2">accuracy, zero-shot</th><th scope="col">pictures gained and lost</th></tr></thead><tbody>${[
      row(
        `<em>asked for:</em> ${own.map(named).join(', ')}`,
        estimateCells(templates.own, 'zero'),
        '',
      ),
      ...sorted.map((trial) =>
        row(
          named(candidates[trial.template]!),
          estimateCells(trial.accuracy, 'zero'),
          change(trial),
        ),
      ),
      row(
        `<em>all ${candidates.length} together</em>`,
        estimateCells(templates.ensemble.accuracy, 'zero'),
        change(templates.ensemble),
      ),
      row(
        '<em>the best, chosen on other folds</em>',
        estimateCells(templates.chosenByFolds, 'zero'),
        '',
      ),
    ].join('')}</tbody></table>`,
  );
}

export function groupTable({ column, groups }: Breakdown, by: string): string {
  const hasFew = groups.some(({ fewShot }) => fewShot !== undefined);
  const head = (title: string) => `<th scope="col" colspan="2">${title}</th>`;
  return wide(
    `Figures by ${column}`,
    `<table class="bars"><thead><tr><th scope="col">${named(column)}</th><th scope="col">pictures</th>${head(`accuracy, ${named(by)}`)}${hasFew ? head('accuracy, few-shot') : ''}${head(`balanced, ${named(by)}`)}</tr></thead><tbody>${groups
      .map(
        ({ value, images, zeroShot, fewShot }) =>
          `<tr><th scope="row">${value === undefined ? '<em>none</em>' : named(value)}</th><td class="number">${grouped(images)}</td>${estimateCells(zeroShot.accuracy, 'zero')}${hasFew ? estimateCells(fewShot?.accuracy, 'few') : ''}${estimateCells(zeroShot.balancedAccuracy, 'zero')}</tr>`,
      )
      .join('')}</tbody></table>`,
  );
}

/** A table that may be wider than a phone: it scrolls by itself, with the keys too. */
const wide = (title: string, table: string): string =>
  `<div class="scroll" tabindex="0" role="region" aria-label="${escaped(title)}">${table}</div>`;
