import { basename, resolve } from 'node:path';
import type { Estimate } from '@clipql/core';
import type { FewShot } from '../../../answers/evaluate/evaluation.ts';
import { counted } from '../../../errors/counted.ts';
import { escaped, htmlHead } from '../../html.ts';
import { interval, percent } from '../../percent.ts';
import { answeredBy, labelsOf, type Report } from '../evaluation-json.ts';
import { confusionPlot } from './confusion-plot.ts';
import { coveragePlot } from './coverage-plot.ts';
import { learningPlot } from './learning-plot.ts';
import { mistakeFigures, type PicturedMistake } from './mistakes.ts';
import { notes } from './notes.ts';
import { reliabilityPlot } from './reliability-plot.ts';
import { STYLE } from './style.ts';
import { classTable, confusionTable, groupTable, templateTable } from './tables.ts';
import { named } from './text.ts';

/** A report as one page that needs nothing but itself, and runs nothing. */
export function reportPage(report: Report, mistakes: readonly PicturedMistake[]): string {
  const title = `${basename(resolve(report.of))}: how good the answers are`;
  const { figures, images, classes, model, templates } = report;
  const counts = `${counted(images.length, 'picture')} of ${counted(classes.length, 'class', 'classes')}`;
  return `${htmlHead(title, STYLE)}<body>
<header><h1>${escaped(title)}</h1><p>${counts}, answered by ${escaped(model)}${templates.length === 0 ? `, ${named(answeredBy(report))}` : ` with ${templates.map((template) => `“${named(template)}”`).join(', ')}`}. Ranges are 95 % confidence intervals.</p></header>
<main>
${cards(report)}
${learning(report)}
${section('Each class', 'The worst come first. A wide range means that there are few pictures to tell by.', classTable(report))}
${section('What is confused with what', '', `<div class="plots">${confusionPlot(figures.zeroShot, labelsOf(report))}${confusionTable(report)}</div>`)}
${section('Reject unsure answers', 'With <code>rejectBelow</code>, <code>classify</code> gives no answer below a probability. This is what is left, and how often it is right.', coveragePlot(figures, answeredBy(report)))}
${calibration(report)}
${templatesSection(report)}
${figures.breakdowns.map((breakdown) => section(`By ${named(breakdown.column)}`, 'Where two ranges hardly overlap, the groups differ.', groupTable(breakdown, answeredBy(report)))).join('\n')}
${section(`The surest mistakes${figures.fewShot ? ', few-shot' : ''}`, 'Look whether the picture’s class is right, before you blame the model.', mistakeFigures(report, mistakes))}
${notes(report)}
</main>
</body>
</html>
`;
}

const section = (title: string, text: string, content: string): string =>
  `<section><h2>${title}</h2>${text === '' ? '' : `<p>${text}</p>`}${content}</section>`;

function cards(report: Report): string {
  const { zeroShot, fewShot } = report.figures;
  const by = named(answeredBy(report));
  const card = (series: string, title: string, { value, ...bounds }: Estimate) =>
    `<div class="${series}"><dt>${title}</dt><dd>${percent(value)} <small>${interval({ value, ...bounds })}</small></dd></div>`;
  const last = fewShot?.levels.at(-1);
  return `<dl class="cards">${card('zero', `accuracy, ${by}`, zeroShot.accuracy)}${card('zero', `balanced accuracy, ${by}`, zeroShot.balancedAccuracy)}${
    last === undefined
      ? ''
      : card('few', `accuracy, ${pictures(last.shots)}`, last.accuracy) +
        card('few', `balanced accuracy, ${pictures(last.shots)}`, last.balancedAccuracy)
  }</dl>`;
}

const pictures = (shots: number): string => `${counted(shots, 'picture')} a class`;

function learning({ figures }: Report): string {
  const { fewShot } = figures;
  if (fewShot === undefined) return '';
  return section(
    'What a few pictures of each class would bring',
    `A classifier that learns from some of these pictures. ${judged(fewShot)}`,
    `<div class="plots">${learningPlot(figures)}</div>`,
  );
}

const judged = ({ folds, isLeaveOneOut }: FewShot): string =>
  isLeaveOneOut
    ? 'Each picture is judged by one that has learned from the others (leave-one-out).'
    : `Each picture is judged by one that has learned from other folds (${folds} folds).`;

function calibration(report: Report): string {
  const { before, after, temperature } = report.figures.zeroShot.calibration;
  return section(
    'How far probabilities can be trusted',
    `On the dashed line, answers are as often right as they say; below it they are too sure. The area of a point is the number of answers. The best temperature is <b>${temperature.toFixed(2)}</b>: divide the logits by it.`,
    `<div class="plots">${reliabilityPlot(before, `${named(answeredBy(report))} as it is`)}${after === undefined ? '' : reliabilityPlot(after, 'with the temperature of other folds')}</div>`,
  );
}

function templatesSection(report: Report): string {
  const { templates } = report.figures;
  if (templates === undefined) return '';
  return section(
    'Which templates would help',
    `On ${counted(templates.images, 'picture')}. The best of many looks better here than it will be on other pictures, as it was chosen on these. The last row says what choosing is worth.`,
    templateTable(report),
  );
}
