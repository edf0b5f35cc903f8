import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { CPU_ENGINES } from '../kit/clipql-engines.ts';
import { BenchError } from '../kit/errors.ts';
import { REPOSITORY } from '../kit/folders.ts';
import { REFERENCE_CASES, referenceCase } from '../kit/models/reference-case.ts';
import type { Streams } from '../kit/streams.ts';
import { runParity, wholeReference } from '../parity/suite.ts';
import { runSpeed } from '../speed/run-speed.ts';
import { compareRatios, readBaseline, writeBaseline } from './baseline.ts';
import { ratiosByProcessor, ratiosOf } from './ratios.ts';
import { ciPassed, ciSummary } from './summary.ts';

const BASELINE = join(REPOSITORY, 'packages', 'bench', 'baseline.json');

/** ViT-B/32's image tower on one thread: what needs no quiet machine. */
const SPEED = {
  batches: [1],
  threads: [1],
  peers: ['onnxruntime-web'],
  precisions: ['f32', 'int8'],
  towers: ['image'],
  rounds: 4,
  milliseconds: 300,
  keepExports: undefined,
} as const;

interface CiOptions {
  readonly baseline: string;
  readonly tolerance?: number;
  readonly model: string;
  readonly update?: true;
}

/** Adds `bench ci`. */
export function addCiCommand(
  program: Command,
  streams: Streams,
  finish: (exitCode: number) => void,
): void {
  program
    .command('ci')
    .description('parity, and speed as ratios against a baseline; prints Markdown')
    .option('--baseline <file>', 'tolerance and ratios', BASELINE)
    .option(
      '--tolerance <share>',
      "how much a ratio may rise, in the place of the baseline's: 0.4 is 40 %",
      parseTolerance,
    )
    .option('--update', 'write what is measured into the baseline, keeping its tolerance')
    .option('--model <name>', 'whose speed is measured', 'vit-b-32')
    .addHelpText('after', '\nAppends the summary to the file that $GITHUB_STEP_SUMMARY names.')
    .action(async (options: CiOptions) => finish(await ci(options, streams)));
}

/** @returns the exit code: 1 where a comparison failed or a ratio rose beyond the tolerance. */
async function ci(
  { baseline: file, tolerance: asked, model, update }: CiOptions,
  { stdout, stderr }: Streams,
): Promise<number> {
  const progress = (line: string) => stderr(`bench: ${line}\n`);
  const baseline = await readBaseline(file);
  // `bench parity` and the tests run the full-size case; here it would take the longest by far.
  const cases = REFERENCE_CASES.filter((name) => name !== 'vit-b-32').map(referenceCase);
  const parity = await runParity({ ...wholeReference(CPU_ENGINES), cases }, progress);
  const speed = await runSpeed({ ...SPEED, model }, progress);
  const ratios = ratiosOf(speed);
  const { here, elsewhere } = ratiosByProcessor(baseline.ratios, speed.peaks);
  if (update) {
    await writeBaseline(file, {
      tolerance: baseline.tolerance,
      ratios: { ...ratios, ...elsewhere },
    });
  }
  const tolerance = asked ?? baseline.tolerance;
  const expected = update ? ratios : here;
  const compared = compareRatios(ratios, { tolerance, ratios: expected });
  const result = { parity, ratios: compared, tolerance, speed };
  const summary = ciSummary(result);
  stdout(summary);
  const { GITHUB_STEP_SUMMARY: stepSummary } = process.env;
  if (stepSummary) await appendFile(stepSummary, summary);
  return ciPassed(result) ? 0 : 1;
}

/** @throws BenchError BAD_OPTION. */
function parseTolerance(text: string): number {
  const tolerance = text.trim() === '' ? Number.NaN : Number(text);
  if (tolerance >= 0 && Number.isFinite(tolerance)) return tolerance;
  throw new BenchError('BAD_OPTION', `--tolerance: expected a number from 0 up, got ${text}`);
}
