import { BACKENDS, PRECISIONS } from '@clipql/core';
import type { Command } from 'commander';
import { enginesHere, enginesNamed } from '../kit/clipql-engines.ts';
import type { Streams } from '../kit/streams.ts';
import { allPassed, describeFailure, jsonReport, tableReport } from './report.ts';
import { type ParityRequest, runParity, wholeReference } from './suite.ts';

interface ParityOptions {
  readonly json?: true;
  readonly case: readonly string[];
  readonly preprocess?: string;
  readonly tokens: readonly string[];
  readonly tokenizer?: string;
  readonly backend?: string;
  readonly precision?: string;
}

/** Adds `bench parity`. */
export function addParityCommand(
  program: Command,
  streams: Streams,
  finish: (exitCode: number) => void,
): void {
  program
    .command('parity')
    .description('compare every backend, the tokenizer and the preprocessing with the reference')
    .option('--json', 'print one JSON object instead of a table')
    .option('--case <file>', 'run this case file; may be repeated', collect, [])
    .option(
      '--preprocess <folder>',
      'compare the images of a folder with in/, expected/ and squashed/',
    )
    .option(
      '--tokens <file>',
      'compare the token ids of a file of texts; may be repeated',
      collect,
      [],
    )
    .option(
      '--tokenizer <folder>',
      'with --tokens: their tokenizer, in a model’s folder; default: beside the file, else OpenAI’s',
    )
    .option('--backend <name>', `run on this backend only: ${BACKENDS.join(', ')}`)
    .option('--precision <name>', `run in this precision only: ${PRECISIONS.join(', ')}`)
    .addHelpText('after', '\nWith --case, --preprocess or --tokens only those run.')
    .action(async (options: ParityOptions) => finish(await parity(options, streams)));
}

const collect = (value: string, earlier: readonly string[]): readonly string[] => [
  ...earlier,
  value,
];

/** @returns the exit code: 0 when all rows passed, 1 when one failed. */
async function parity(options: ParityOptions, { stdout, stderr }: Streams): Promise<number> {
  const progress = (line: string) => stderr(`bench: ${line}\n`);
  const results = await runParity(requestOf(options, progress), progress);
  if (options.json) {
    for (const result of results) {
      if (!result.row.passed) stderr(`bench: ${describeFailure(result)}\n`);
    }
  }
  stdout(`${options.json ? jsonReport(results) : tableReport(results)}\n`);
  return allPassed(results) ? 0 : 1;
}

function requestOf(
  { case: cases, preprocess, tokens, tokenizer, backend, precision }: ParityOptions,
  progress: (line: string) => void,
): ParityRequest {
  const named = enginesNamed(backend, precision);
  const engines = async () => {
    const here = backend === undefined ? await enginesHere(progress) : named;
    return named.filter((engine) => here.includes(engine));
  };
  return cases.length === 0 && preprocess === undefined && tokens.length === 0
    ? wholeReference(engines)
    : { engines: cases.length === 0 ? [] : engines, cases, preprocess, tokens, tokenizer };
}
