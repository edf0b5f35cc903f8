import { join } from 'node:path';
import { PRECISIONS } from '@clipql/core';
import type { Command } from 'commander';
import { REPOSITORY } from '../kit/folders.ts';
import { names, oneOf } from '../kit/option-values.ts';
import { alignedTable } from '../kit/reports/aligned-table.ts';
import { type PhotographsReport, rightAnswers } from '../kit/reports/photographs-report.ts';
import type { Streams } from '../kit/streams.ts';
import { runPhotographs } from './run-photographs.ts';

interface PhotographsOptions {
  readonly json?: true;
  readonly packages: string;
  readonly list: string;
  readonly model: readonly string[];
  readonly precision: string;
}

const LIST = join(REPOSITORY, 'packages', 'bench', 'photographs.json');

/** Adds `bench photographs`. */
export function addPhotographsCommand(program: Command, { stdout, stderr }: Streams): void {
  program
    .command('photographs')
    .description('what models say of photographs in published packages')
    .requiredOption('--packages <folder>', 'the unpacked packages, each in a folder of its name')
    .option('--json', 'print one JSON object instead of a table')
    .option('--list <file>', 'packages, photographs and labels', LIST)
    .option('--model <list>', "of vit-b-32, lite, nano, or models' folders", names, [
      'lite',
      'nano',
    ])
    .option('--precision <name>', `one of ${PRECISIONS.join(', ')}`, PRECISIONS[0])
    .action(async ({ json, packages, list, model, precision }: PhotographsOptions) => {
      const request = {
        packages,
        list,
        models: model,
        precision: oneOf('--precision', PRECISIONS, precision),
      };
      const report = await runPhotographs(request, (line) => stderr(`bench: ${line}\n`));
      stdout(`${json ? JSON.stringify(report) : table(report)}\n`);
    });
}

function table({ labels, models, photographs }: PhotographsReport): string {
  const shares = models.map(
    (model) => `${model}: ${rightAnswers(photographs, model)} of ${photographs.length} right`,
  );
  const columns = ['photograph', 'label', ...models].map((heading) => ({ heading }));
  const rows = photographs.map(({ package: source, file, label, answers }) => [
    `${source}: ${file.split('/').at(-1)}`,
    label,
    ...answers.map(({ label: answer, probability }) => {
      const mark = answer === label ? '' : 'WRONG ';
      return `${mark}${answer}${probability === null ? '' : ` ${probability.toFixed(2)}`}`;
    }),
  ]);
  return [`${labels.length} labels; ${shares.join('; ')}`, '', ...alignedTable(columns, rows)].join(
    '\n',
  );
}
