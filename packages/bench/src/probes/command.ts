import { availableParallelism } from 'node:os';
import { PRECISIONS } from '@clipql/core';
import type { Command } from 'commander';
import { describeMachine } from '../kit/machine.ts';
import { names, oneOf, wholeNumber } from '../kit/option-values.ts';
import type { ProbeReport, ProbeResult } from '../kit/reports/claims.ts';
import { probeTable } from '../kit/reports/probe-table.ts';
import type { Streams } from '../kit/streams.ts';
import { type ProbeName, runProbe } from './run-probe.ts';

interface ProbeOptions {
  readonly json?: true;
  readonly model: string;
  readonly precision: readonly string[];
  readonly threads: number;
  readonly times: number;
}

interface ProbeCommand {
  readonly name: ProbeName;
  readonly description: string;
  /** What `--times` counts, and how many unless given. */
  readonly counted: string;
  readonly times: number;
}

const COMMANDS: readonly ProbeCommand[] = [
  {
    name: 'load-time',
    description: 'time until a model is ready, and what the process grows by',
    counted: 'not used',
    times: 1,
  },
  {
    name: 'memory',
    description: 'whether the process grows over many forward passes',
    counted: 'forward passes',
    times: 2000,
  },
  {
    name: 'deaths',
    description: 'end a worker thread during a forward pass, again and again',
    counted: 'deaths',
    times: 20,
  },
  {
    name: 'end-to-end',
    description: 'from the bytes of a JPEG to an embedding, part by part',
    counted: 'runs of each part',
    times: 10,
  },
  {
    name: 'growth',
    description: 'how time grows with batch, tokens and threads',
    counted: 'forward passes of each size',
    times: 10,
  },
  {
    name: 'layers',
    description: 'a block of the image tower and its MLP, from differences between models',
    counted: 'forward passes of each model',
    times: 20,
  },
];

/** Adds `bench load-time`, `memory`, `deaths`, `end-to-end`, `growth` and `layers`. */
export function addProbeCommands(
  program: Command,
  streams: Streams,
  finish: (exitCode: number) => void,
): void {
  for (const { name, description, counted, times } of COMMANDS) {
    program
      .command(name)
      .description(description)
      .option('--json', 'print one JSON object instead of a table')
      .option('--model <name>', "vit-b-32, lite, nano, or a model's folder", 'vit-b-32')
      .option('--precision <list>', `of ${PRECISIONS.join(', ')}`, names, [...PRECISIONS])
      .option('--threads <count>', 'threads', wholeNumber, availableParallelism())
      .option('--times <count>', counted, wholeNumber, times)
      .action(async (options: ProbeOptions) => finish(await probe(name, options, streams)));
  }
}

/** @returns the exit code: 1 where something does not hold. */
async function probe(
  name: ProbeName,
  { json, model, precision, threads, times }: ProbeOptions,
  { stdout, stderr }: Streams,
): Promise<number> {
  const machine = describeMachine();
  const results: ProbeResult[] = [];
  for (const chosen of precision.map((value) => oneOf('--precision', PRECISIONS, value))) {
    stderr(`bench: ${name} ${chosen}\n`);
    const { rows, claims } = await runProbe(name, { model, precision: chosen, threads, times });
    results.push({
      rows: rows.map((row) => ({ precision: chosen, ...row })),
      claims: claims.map((claim) => ({ ...claim, claim: `${chosen}: ${claim.claim}` })),
    });
  }
  const rows = results.flatMap((result) => result.rows);
  const claims = results.flatMap((result) => result.claims);
  const passed = claims.every((claim) => claim.passed);
  const report: ProbeReport = { probe: name, machine, model, rows, claims, passed };
  stdout(`${json ? JSON.stringify(report) : probeTable(report)}\n`);
  return passed ? 0 : 1;
}
