import { PICTURE_QUALITIES, PICTURE_SIDES } from '@clipql/core';
import type { Command } from 'commander';
import { oneOf, wholeNumber } from '../kit/option-values.ts';
import { alignedTable, type Column } from '../kit/reports/aligned-table.ts';
import { describeClaim } from '../kit/reports/probe-table.ts';
import type { Streams } from '../kit/streams.ts';
import { PROMPTS } from './prompts.ts';
import { type PictureRow, type PicturesReport, runPictures } from './run-pictures.ts';

interface PicturesOptions {
  readonly json?: true;
  readonly model: string;
  readonly judge: string;
  readonly quality: string;
  readonly seed: number;
  readonly size: number;
  readonly steps?: number;
  readonly limit: number;
  readonly threads: number;
  readonly out: string;
}

/** Adds `bench pictures`. */
export function addPicturesCommand(
  program: Command,
  streams: Streams,
  finish: (exitCode: number) => void,
): void {
  program
    .command('pictures')
    .description('draw 20 prompts and ask which is which, beside plain gradient ascent')
    .requiredOption('--out <folder>', 'keeps the pictures; a run that was stopped goes on')
    .option('--json', 'print one JSON object instead of a table')
    .option('--model <name>', "draws: lite, nano, or a model's folder", 'lite')
    .option('--judge <name>', 'judges as well, and has no part in the drawing', 'nano')
    .option('--quality <name>', `one of ${PICTURE_QUALITIES.join(', ')}`, 'STANDARD')
    .option('--seed <number>', 'of the pictures', wholeNumber, 1)
    .option('--size <pixels>', 'sides of the pictures', wholeNumber, PICTURE_SIDES.standard)
    .option(
      '--steps <count>',
      'take pictures as they are after so many; all unless given',
      wholeNumber,
    )
    .option('--limit <count>', 'prompts to draw; all unless given', wholeNumber, PROMPTS.length)
    .option('--threads <count>', 'threads', wholeNumber, 2)
    .action(async (options: PicturesOptions) => finish(await pictures(options, streams)));
}

/** @returns the exit code: 1 where too few pictures are what they should be. */
async function pictures(
  { json, quality, ...options }: PicturesOptions,
  { stdout, stderr }: Streams,
): Promise<number> {
  const report = await runPictures(
    { ...options, quality: oneOf('--quality', PICTURE_QUALITIES, quality) },
    (line) => stderr(`bench: ${line}\n`),
  );
  stdout(`${json ? JSON.stringify(report) : table(report)}\n`);
  return report.passed ? 0 : 1;
}

const COLUMNS: readonly Column[] = [
  { heading: 'prompt' },
  ...[
    'fresh views',
    'rank',
    'held-out',
    'rank',
    'plain: fresh',
    'rank',
    'held-out',
    'rank',
    'start: held-out',
    'rank',
  ].map((heading) => ({ heading, align: 'right' }) as const),
];

const table = ({ model, judge, quality, steps, seed, rows, claims }: PicturesReport): string =>
  [
    `pictures by ${model}, ${quality}, ${steps} steps, seed ${seed}; held-out judge ${judge}`,
    'cosine with the right prompt, and its rank among 20',
    '',
    ...alignedTable(COLUMNS, rows.map(cells)),
    '',
    ...claims.map(describeClaim),
  ].join('\n');

const cells = ({ prompt, drawn, plain, start }: PictureRow): string[] => [
  prompt,
  ...[drawn.fresh, drawn.heldOut, plain.fresh, plain.heldOut, start.heldOut].flatMap(
    ({ cosine, rank }) => [cosine.toFixed(3), String(rank)],
  ),
];
