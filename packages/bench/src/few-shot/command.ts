import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BACKENDS } from '@clipql/core';
import type { Command } from 'commander';
import { BenchError } from '../kit/errors.ts';
import { names, oneOf, wholeNumber } from '../kit/option-values.ts';
import { alignedTable, type Column } from '../kit/reports/aligned-table.ts';
import type { FewShotReport, FewShotRow } from '../kit/reports/few-shot-report.ts';
import { percent } from '../kit/reports/percent.ts';
import type { Streams } from '../kit/streams.ts';
import { runFewShot } from './run-few-shot.ts';

interface FewShotOptions {
  readonly json?: true;
  readonly published?: true;
  readonly model: string;
  readonly data: string;
  readonly cache: string;
  readonly backend: string;
  readonly sets: readonly string[];
  readonly shots: readonly string[];
  readonly seeds: number;
  readonly limit?: number;
}

const SHOTS = ['0', '1', '2', '4', '8', '16'];

/** Adds `bench few-shot`. */
export function addFewShotCommand(
  program: Command,
  streams: Streams,
  finish: (exitCode: number) => void,
): void {
  program
    .command('few-shot')
    .description('accuracy of a probe that learns from a few pictures a class, next to others')
    .requiredOption('--data <folder>', "the shards of lite's training")
    .option('--json', 'print one JSON object instead of a table')
    .option('--model <name>', "lite, nano, or a model's folder", 'lite')
    .option('--backend <name>', `one of ${BACKENDS.join(', ')}`, BACKENDS[0])
    .option('--sets <list>', 'names of the sets; all unless given', names, [])
    .option('--shots <list>', 'pictures of each class', names, SHOTS)
    .option('--seeds <count>', 'how often to draw the pictures', wholeNumber, 3)
    .option('--limit <count>', 'images of each set to measure on; all unless given', wholeNumber)
    .option('--cache <folder>', 'keeps embeddings', join(tmpdir(), 'clipql-few-shot'))
    .option('--published', "train LP++ with its paper's settings too; slow with many classes")
    .action(async (options: FewShotOptions) => finish(await fewShot(options, streams)));
}

/** @returns the exit code: 1 where the probe falls below zero-shot, or below the others. */
async function fewShot(options: FewShotOptions, { stdout, stderr }: Streams): Promise<number> {
  const report = await runFewShot(
    {
      ...options,
      backend: oneOf('--backend', BACKENDS, options.backend),
      shots: options.shots.map(countFrom0),
      limit: options.limit,
      published: options.published === true,
    },
    (line) => stderr(`bench: ${line}\n`),
  );
  stdout(`${options.json ? JSON.stringify(report) : table(report)}\n`);
  return report.passed ? 0 : 1;
}

function countFrom0(text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count >= 0) return count;
  throw new BenchError('BAD_OPTION', `--shots: expected whole numbers from 0, got ${text}`);
}

const COLUMNS: readonly Column[] = [
  { heading: 'set' },
  { heading: 'labels', align: 'right' },
  { heading: 'images', align: 'right' },
  { heading: 'pictures a class', align: 'right' },
  { heading: 'probe', align: 'right' },
  { heading: 'class mean', align: 'right' },
  { heading: 'logistic regression', align: 'right' },
  { heading: "paper's settings", align: 'right' },
  { heading: 'ECE', align: 'right' },
  { heading: 'calibrated', align: 'right' },
  { heading: 'training', align: 'right' },
];

const table = ({ model, seeds, rows, passed }: FewShotReport): string =>
  [
    `few-shot accuracy of ${model}, mean of ${seeds} draws`,
    '',
    ...alignedTable(COLUMNS, rows.map(cells)),
    '',
    passed ? 'passed' : 'FAILED',
  ].join('\n');

const cells = (row: FewShotRow): string[] => [
  row.set,
  String(row.labels),
  String(row.images),
  String(row.shots),
  known(row.accuracy.probe),
  known(row.accuracy.classMean),
  known(row.accuracy.logisticRegression),
  known(row.accuracy.published),
  known(row.ece.before),
  known(row.ece.after),
  `${row.trainingSeconds.toFixed(2)} s`,
];

const known = (share: number | null): string => (share === null ? '' : percent(share));
