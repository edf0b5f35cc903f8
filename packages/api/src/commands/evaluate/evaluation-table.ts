import type { Estimate } from '@clipql/core';
import type { Assessment, Breakdown, FewShot } from '../../answers/evaluate/evaluation.ts';
import { counted } from '../../errors/counted.ts';
import { grouped } from '../../errors/grouped.ts';
import { oneLine, shorten } from '../../errors/one-line.ts';
import { interval, percent } from '../percent.ts';
import { textTable } from '../text-table.ts';
import { answeredBy, labelsOf, type Report } from './evaluation-json.ts';
import { threshold } from './report/text.ts';

/** Confusions, templates and mistakes that are shown; JSON has all. */
const SHOWN = 5;

/** A report for a terminal. */
export function evaluationTable(report: Report): string {
  const { figures, images, classes } = report;
  const { zeroShot, fewShot, templates, breakdowns } = figures;
  const best = fewShot?.assessment ?? zeroShot;
  const by = name(answeredBy(report));
  const sections = [
    `${name(report.of)}: ${counted(images.length, 'picture')} of ${counted(classes.length, 'class', 'classes')}, ${report.model}\n`,
    textTable([
      ['', 'accuracy', '', 'balanced', ''],
      [by, ...range(zeroShot.accuracy), ...range(zeroShot.balancedAccuracy)],
      ...(fewShot?.levels ?? []).map(({ shots, accuracy, balancedAccuracy }) => [
        pictures(shots),
        ...range(accuracy),
        ...range(balancedAccuracy),
      ]),
    ]),
    ...(fewShot === undefined ? [] : [judged(fewShot)]),
    classTable(report),
    section('Confused', confusionLines(report, zeroShot)),
    calibrationLines(zeroShot, by) + calibrationLines(fewShot?.assessment, 'few-shot'),
    section(`Rejecting unsure answers (${fewShot ? 'few-shot' : by})`, coverage(best)),
    ...(templates === undefined ? [] : [templateLines(report)]),
    ...breakdowns.map((breakdown) => groupTable(breakdown)),
  ];
  return sections.filter((text) => text !== '').join('\n');
}

const name = (text: string): string => oneLine(shorten(text, 40));
const pictures = (count: number): string => `${counted(count, 'picture')} a class`;

const range = (estimate: Estimate | undefined): readonly [string, string] =>
  estimate === undefined
    ? ['–', '']
    : [percent(estimate.value).padStart(7), `(${interval(estimate)})`];

const section = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : `${title}:\n${lines.map((line) => `  ${line}\n`).join('')}`;

const judged = ({ folds, isLeaveOneOut }: FewShot): string =>
  isLeaveOneOut
    ? 'Each picture is judged by what was learned from others (leave-one-out).\n'
    : `Each picture is judged by what was learned from the other folds (${folds} folds).\n`;

function classTable(report: Report): string {
  const labels = labelsOf(report);
  const { zeroShot, fewShot } = report.figures;
  const few = fewShot?.assessment.classes;
  return textTable([
    ['class', 'pictures', 'recall', '', 'precision', '', ...(few ? ['few-shot recall', ''] : [])],
    ...zeroShot.classes.map(({ images, recall, precision }, k) => [
      name(labels[k]!),
      grouped(images).padStart(8),
      ...range(recall),
      ...range(precision),
      ...(few ? range(few[k]!.recall) : []),
    ]),
  ]);
}

function confusionLines(report: Report, { confusions }: Assessment): readonly string[] {
  const labels = labelsOf(report);
  return confusions
    .slice(0, SHOWN)
    .map(
      ({ truth, predicted, count, share }) =>
        `${name(labels[truth]!)} taken for ${name(labels[predicted]!)}: ${grouped(count)} (${percent(share)} of ${name(labels[truth]!)})`,
    );
}

function calibrationLines(assessment: Assessment | undefined, what: string): string {
  if (assessment === undefined) return '';
  const { before, after, temperature } = assessment.calibration;
  const mended = after === undefined ? '' : `, ${percent(after.expectedError)} with it`;
  return `Calibration error of ${what}: ${percent(before.expectedError)}; best temperature ${temperature.toFixed(2)}${mended}\n`;
}

/** Some points of the curve: what is left to decide by hand, and how sure the rest is. */
const coverage = ({ coverage: curve }: Assessment): readonly string[] =>
  curve
    .filter((_, i) => i % Math.ceil(curve.length / SHOWN) === 0)
    .map(
      ({ rejectBelow, coverage, accuracy }) =>
        `below ${threshold(rejectBelow)}: ${percent(coverage).padStart(7)} answered, ${percent(accuracy.value).padStart(7)} of them right`,
    );

function templateLines({ figures: { templates }, candidates }: Report): string {
  if (templates === undefined) return '';
  const { own, ensemble, chosenByFolds } = templates;
  const best = templates.candidates
    .toSorted((a, b) => b.accuracy.value - a.accuracy.value)
    .slice(0, SHOWN);
  const lines = textTable([
    ['template', 'accuracy', '', 'gained', 'lost'],
    ['those asked for', ...range(own), '', ''],
    ...[...best, { ...ensemble, template: -1 }].map(({ template, accuracy, gained, lost }) => [
      template === -1 ? `all ${candidates.length} together` : candidates[template]!,
      ...range(accuracy),
      grouped(gained),
      grouped(lost),
    ]),
    ...(chosenByFolds === undefined
      ? []
      : [['the best, chosen on other folds', ...range(chosenByFolds), '', '']]),
  ]);
  return `${lines}The best of many looks better on the pictures that it was chosen on than on others.\n`;
}

function groupTable({ column, groups }: Breakdown): string {
  const hasFew = groups.some(({ fewShot }) => fewShot !== undefined);
  return textTable([
    [
      name(column),
      ...['pictures', 'accuracy', '', 'balanced', ''],
      ...(hasFew ? ['few-shot accuracy', ''] : []),
    ],
    ...groups.map(({ value, images, zeroShot, fewShot }) => [
      value === undefined ? '(none)' : name(value),
      grouped(images).padStart(8),
      ...range(zeroShot.accuracy),
      ...range(zeroShot.balancedAccuracy),
      ...(hasFew ? range(fewShot?.accuracy) : []),
    ]),
  ]);
}
