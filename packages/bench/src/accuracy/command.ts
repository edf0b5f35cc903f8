import { BACKENDS, PRECISIONS } from '@clipql/core';
import type { Command } from 'commander';
import { names, oneOf, wholeNumber } from '../kit/option-values.ts';
import type { AccuracyReport, AccuracyRow } from '../kit/reports/accuracy-report.ts';
import { alignedTable, type Column } from '../kit/reports/aligned-table.ts';
import { cellText } from '../kit/reports/cell-text.ts';
import { percent } from '../kit/reports/percent.ts';
import type { Streams } from '../kit/streams.ts';
import { runAccuracy } from './run-accuracy.ts';

interface AccuracyOptions {
  readonly json?: true;
  readonly model: string;
  readonly data: string;
  readonly backend: string;
  readonly precision: readonly string[];
  readonly limit?: number;
}

/** Adds `bench accuracy`. */
export function addAccuracyCommand(
  program: Command,
  streams: Streams,
  finish: (exitCode: number) => void,
): void {
  program
    .command('accuracy')
    .description('zero-shot accuracy on labelled images, by precision')
    .requiredOption('--data <folder>', "a folder for each class, or the shards of lite's training")
    .option('--json', 'print one JSON object instead of a table')
    .option('--model <name>', "vit-b-32, lite, nano, or a model's folder", 'lite')
    .option('--backend <name>', `one of ${BACKENDS.join(', ')}`, BACKENDS[0])
    .option('--precision <list>', `of ${PRECISIONS.join(', ')}`, names, [...PRECISIONS])
    .option('--limit <count>', 'images of each set; all unless given', wholeNumber)
    .action(async (options: AccuracyOptions) => finish(await accuracy(options, streams)));
}

/** @returns the exit code: 1 where f32 misses its published figure, or int8 loses too much. */
async function accuracy(options: AccuracyOptions, { stdout, stderr }: Streams): Promise<number> {
  const report = await runAccuracy(
    {
      model: options.model,
      data: options.data,
      backend: oneOf('--backend', BACKENDS, options.backend),
      precisions: options.precision.map((name) => oneOf('--precision', PRECISIONS, name)),
      limit: options.limit,
    },
    (line) => stderr(`bench: ${line}\n`),
  );
  stdout(`${options.json ? JSON.stringify(report) : table(report)}\n`);
  return report.passed ? 0 : 1;
}

const COLUMNS: readonly Column[] = [
  { heading: 'set' },
  { heading: 'labels', align: 'right' },
  { heading: 'images', align: 'right' },
  { heading: 'backend' },
  { heading: 'precision' },
  { heading: 'top-1', align: 'right' },
  { heading: 'top-5', align: 'right' },
  { heading: 'published', align: 'right' },
  { heading: 'lost points', align: 'right' },
  { heading: '' },
];

const table = ({ model, rows }: AccuracyReport): string =>
  [`zero-shot accuracy of ${model}`, '', ...alignedTable(COLUMNS, rows.map(cells))].join('\n');

const cells = (row: AccuracyRow): string[] => [
  row.set,
  cellText(row.labels),
  cellText(row.images),
  row.backend,
  row.precision,
  percent(row.top1, 2),
  percent(row.top5, 2),
  row.publishedTop1 === null ? '' : percent(row.publishedTop1, 2),
  row.lostPoints.toFixed(2),
  row.passed ? 'passed' : 'FAILED',
];
