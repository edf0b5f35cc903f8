import { PRECISIONS } from '@clipql/core';
import type { Command } from 'commander';
import { PEERS, USUAL_PEERS } from '../kit/engines/engine.ts';
import { names, numbers, oneOf, wholeNumber } from '../kit/option-values.ts';
import type { Streams } from '../kit/streams.ts';
import { runSpeed } from './run-speed.ts';
import { speedTable } from './speed-table.ts';

interface SpeedOptions {
  readonly json?: true;
  readonly model: string;
  readonly batch: readonly number[];
  readonly threads: readonly number[];
  readonly peers: readonly string[];
  readonly precision: readonly string[];
  readonly tower: readonly string[];
  readonly rounds: number;
  readonly milliseconds: number;
  readonly keepExports?: string;
}

const TOWERS = ['image', 'text'] as const;

/** Adds `bench speed`. */
export function addSpeedCommand(program: Command, streams: Streams): void {
  program
    .command('speed')
    .description('time ClipQL and its peers in turns, on the same weights')
    .option('--json', 'print one JSON object instead of a table')
    .option('--model <name>', "vit-b-32, lite, nano, or a model's folder", 'vit-b-32')
    .option('--batch <list>', 'images of a forward pass', numbers, [1, 8])
    .option('--threads <list>', 'threads of each engine', numbers, [1, 2])
    .option('--peers <list>', `of ${PEERS.join(', ')}; empty for none`, names, [...USUAL_PEERS])
    .option('--precision <list>', `of ${PRECISIONS.join(', ')}`, names, [...PRECISIONS])
    .option('--tower <list>', `of ${TOWERS.join(', ')}`, names, [...TOWERS])
    .option('--rounds <count>', 'how often each engine has its turn', wholeNumber, 5)
    .option('--milliseconds <time>', 'how long a turn lasts at least', wholeNumber, 400)
    .option('--keep-exports <folder>', "where the peers' ONNX files are kept and used again")
    .action(async (options: SpeedOptions) => speed(options, streams));
}

async function speed(options: SpeedOptions, { stdout, stderr }: Streams): Promise<void> {
  const { model, rounds, milliseconds, keepExports } = options;
  const report = await runSpeed(
    {
      model,
      rounds,
      milliseconds,
      keepExports,
      batches: options.batch,
      threads: options.threads,
      peers: options.peers.map((name) => oneOf('--peers', PEERS, name)),
      precisions: options.precision.map((name) => oneOf('--precision', PRECISIONS, name)),
      towers: options.tower.map((name) => oneOf('--tower', TOWERS, name)),
    },
    (line) => stderr(`bench: ${line}\n`),
  );
  stdout(`${options.json ? JSON.stringify(report) : speedTable(report)}\n`);
}
