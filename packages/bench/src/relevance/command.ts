import { BACKENDS } from '@clipql/core';
import type { Command } from 'commander';
import { names, oneOf, wholeNumber } from '../kit/option-values.ts';
import { alignedTable, type Column } from '../kit/reports/aligned-table.ts';
import type {
  MixingBalance,
  RelevanceReport,
  RelevanceRow,
} from '../kit/reports/relevance-report.ts';
import type { Streams } from '../kit/streams.ts';
import { runRelevance } from './run-relevance.ts';

interface RelevanceOptions {
  readonly json?: true;
  readonly model: string;
  readonly data: string;
  readonly backend: string;
  readonly limit?: number;
  readonly absent: readonly string[];
}

/** Adds `bench relevance`. */
export function addRelevanceCommand(
  program: Command,
  streams: Streams,
  finish: (exitCode: number) => void,
): void {
  program
    .command('relevance')
    .description('what search finds with relevance AUTO, next to the best cosine threshold')
    .requiredOption('--data <folder>', "the shards of lite's training, or a folder for each class")
    .option('--json', 'print one JSON object instead of a table')
    .option('--model <name>', "lite, nano, or a model's folder", 'lite')
    .option('--backend <name>', `one of ${BACKENDS.join(', ')}`, BACKENDS[0])
    .option('--limit <count>', 'images of each split of a set; all unless given', wholeNumber)
    .option('--absent <list>', 'words that no class folder shows', names, [])
    .action(async (options: RelevanceOptions) => finish(await relevance(options, streams)));
}

/** @returns the exit code: 1 where AUTO finds less than the threshold does, or something for absent words. */
async function relevance(options: RelevanceOptions, { stdout, stderr }: Streams): Promise<number> {
  const report = await runRelevance(
    {
      model: options.model,
      data: options.data,
      backend: oneOf('--backend', BACKENDS, options.backend),
      limit: options.limit,
      absent: options.absent,
    },
    (line) => stderr(`bench: ${line}\n`),
  );
  stdout(`${options.json ? JSON.stringify(report) : table(report)}\n`);
  return report.passed ? 0 : 1;
}

const COLUMNS: readonly Column[] = [
  { heading: 'images' },
  { heading: 'set' },
  { heading: 'number', align: 'right' },
  { heading: 'words', align: 'right' },
  { heading: 'F1 of AUTO', align: 'right' },
  { heading: 'F1 of best threshold', align: 'right' },
  { heading: 'threshold', align: 'right' },
  { heading: 'absent words', align: 'right' },
  { heading: 'nothing found', align: 'right' },
];

function table({ model, rows, mixing, passed }: RelevanceReport): string {
  const balance = ({ text, image }: MixingBalance) =>
    `text ${text.toFixed(2)}, image ${image.toFixed(2)}`;
  return [
    `relevance with ${model}`,
    '',
    ...alignedTable(COLUMNS, rows.map(cells)),
    '',
    'A word and an image mixed half and half, correlation with each alone:',
    `embeddings added up: ${balance(mixing.plain)}`,
    `as search mixes: ${balance(mixing.centered)}`,
    '',
    passed ? 'passed' : 'FAILED',
  ].join('\n');
}

const cells = (row: RelevanceRow): string[] => [
  row.split,
  row.set,
  String(row.images),
  String(row.words),
  row.autoF1.toFixed(3),
  row.bestF1.toFixed(3),
  row.bestThreshold.toFixed(3),
  String(row.absentWords),
  `${(100 * row.absentEmpty).toFixed(1)} %`,
];
