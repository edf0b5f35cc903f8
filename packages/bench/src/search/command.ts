import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { describeMachine } from '../kit/machine.ts';
import { names, numbers, oneOf, wholeNumber } from '../kit/option-values.ts';
import type { ProbeReport } from '../kit/reports/claims.ts';
import { probeTable } from '../kit/reports/probe-table.ts';
import type { Streams } from '../kit/streams.ts';
import { PEERS } from './peers.ts';
import { runSearch } from './run-search.ts';

interface SearchCommandOptions {
  readonly json?: true;
  readonly rows: readonly number[];
  readonly dim: number;
  readonly threads: number;
  readonly queries: number;
  readonly peers: readonly string[];
  readonly store?: string;
}

/** Adds `bench search`. */
export function addSearchCommand(
  program: Command,
  { stdout, stderr }: Streams,
  finish: (exitCode: number) => void,
): void {
  program
    .command('search')
    .description('search beside its peers, on made-up embeddings that lie as CLIP’s do')
    .option('--json', 'print one JSON object instead of a table')
    .option('--rows <list>', 'how many embeddings', numbers, [50_000, 1_000_000])
    .option('--dim <count>', 'numbers of an embedding', wholeNumber, 512)
    .option(
      '--threads <count>',
      'threads of each engine',
      wholeNumber,
      Math.min(2, availableParallelism()),
    )
    .option('--queries <count>', 'made-up texts to search for', wholeNumber, 24)
    .option('--peers <list>', `of ${PEERS.join(', ')}; installed from npm for the run`, names, [])
    .option('--store <url>', 'postgres://…, an empty database that is searched too')
    .action(async ({ json, dim, peers, ...options }: SearchCommandOptions) => {
      const machine = describeMachine();
      const { rows, claims } = await runSearch(
        { ...options, dimensions: dim, peers: peers.map((name) => oneOf('--peers', PEERS, name)) },
        (line) => stderr(`bench: ${line}\n`),
      );
      const passed = claims.every((claim) => claim.passed);
      const model = `made-up embeddings of ${dim} numbers`;
      const report: ProbeReport = { probe: 'search', machine, model, rows, claims, passed };
      stdout(`${json ? JSON.stringify(report) : probeTable(report)}\n`);
      finish(passed ? 0 : 1);
    });
}
