import { availableParallelism } from 'node:os';
import { PRECISIONS } from '@clipql/core';
import { type Command, InvalidArgumentError } from 'commander';
import { describeMachine } from '../kit/machine.ts';
import { oneOf, wholeNumber } from '../kit/option-values.ts';
import type { ProbeReport, ProbeResult } from '../kit/reports/claims.ts';
import { probeTable } from '../kit/reports/probe-table.ts';
import type { Streams } from '../kit/streams.ts';
import { MOST_IMAGES } from './job-client.ts';
import { runBatching } from './run-batching.ts';
import { runBesidePictures } from './run-beside-pictures.ts';
import { runLoad } from './run-load.ts';
import { runServerDeaths } from './run-server-deaths.ts';
import { runStart } from './run-start.ts';
import { runWorkers } from './run-workers.ts';

interface CommonOptions {
  readonly table?: true;
}

/** @throws InvalidArgumentError for more images than one request takes. */
function atMostImages(text: string): number {
  const images = wholeNumber(text);
  if (images <= MOST_IMAGES) return images;
  throw new InvalidArgumentError(`expected at most ${MOST_IMAGES}`);
}

/** Adds `bench load`, `batching`, `beside-pictures`, `start`, `workers` and `server-deaths`, which measure the built server. */
export function addLoadCommands(
  program: Command,
  { stdout, stderr }: Streams,
  finish: (exitCode: number) => void,
): void {
  const report = (
    name: string,
    model: string,
    { table }: CommonOptions,
    { rows, claims }: ProbeResult,
    machine: ProbeReport['machine'],
  ) => {
    const passed = claims.every((claim) => claim.passed);
    const whole: ProbeReport = { probe: name, machine, model, rows, claims, passed };
    stdout(`${table ? probeTable(whole) : JSON.stringify(whole, null, 2)}\n`);
    finish(passed ? 0 : 1);
  };
  const command = (name: string, description: string, clients: number) =>
    program
      .command(name)
      .description(description)
      .option('--json', 'print one JSON object, as without --table')
      .option('--table', 'print a table instead of one JSON object')
      .option(
        '--clients <n>',
        'clients at a time that wait for their answers',
        wholeNumber,
        clients,
      );

  command('load', 'the server on nano, offered several times what it can do', 16)
    .option('--seconds <n>', 'of the overload', wholeNumber, 60)
    .option('--capacity-seconds <n>', 'of measuring what it can do', wholeNumber, 10)
    .option('--times <n>', 'what is offered, by what it can do', wholeNumber, 5)
    .action(async ({ times, seconds, capacitySeconds, ...options }) => {
      const machine = describeMachine();
      const { clients } = options;
      const result = await runLoad({ flags: [], times, seconds, capacitySeconds, clients });
      report('load', 'nano', options, result, machine);
    });

  command('batching', 'batches and images a second of many clients, and a lone one’s wait', 32)
    .option('--model <name>', "vit-b-32, lite, nano, or a model's folder", 'vit-b-32')
    .option('--precision <p>', PRECISIONS.join(' or '), 'int8')
    .option('--threads <n>', 'threads', wholeNumber, availableParallelism())
    .option('--seconds <n>', 'of each measurement', wholeNumber, 20)
    .action(async ({ model, precision, threads, seconds, ...options }) => {
      const machine = describeMachine();
      const chosen = oneOf('--precision', PRECISIONS, precision);
      const { clients } = options;
      const result = await runBatching({ model, precision: chosen, threads, clients, seconds });
      report('batching', model, options, result, machine);
    });

  program
    .command('start')
    .description('the time until the server listens, and its memory before and after images')
    .option('--json', 'print one JSON object, as without --table')
    .option('--table', 'print a table instead of one JSON object')
    .option('--model <name>', "vit-b-32, lite, nano, or a model's folder", 'lite')
    .option('--precision <p>', PRECISIONS.join(' or '), 'f32')
    .option('--images <n>', 'that it is asked about', wholeNumber, 100)
    .action(async ({ model, precision, images, ...options }) => {
      const machine = describeMachine();
      const chosen = oneOf('--precision', PRECISIONS, precision);
      report(
        'start',
        model,
        options,
        await runStart({ model, precision: chosen, images }),
        machine,
      );
    });

  program
    .command('beside-pictures')
    .description('a classification’s wait while the server draws a picture, and without')
    .option('--json', 'print one JSON object, as without --table')
    .option('--table', 'print a table instead of one JSON object')
    .option('--model <name>', "vit-b-32, lite, nano, or a model's folder", 'lite')
    .option('--questions <n>', 'classifications of each turn', wholeNumber, 50)
    .option('--turns <n>', 'turns without and with a picture', wholeNumber, 4)
    .action(async ({ model, questions, turns, ...options }) => {
      const machine = describeMachine();
      const result = await runBesidePictures({ model, questions, turns });
      report('beside-pictures', model, options, result, machine);
    });

  program
    .command('workers')
    .description('images a second of one worker and of two, and what the store costs')
    .requiredOption('--store <url>', 'postgres://…, an empty database on this machine')
    .option('--json', 'print one JSON object, as without --table')
    .option('--table', 'print a table instead of one JSON object')
    .option('--model <name>', "lite, nano, or a model's folder", 'lite')
    .option('--images <n>', 'of a job', atMostImages, 960)
    .option('--rounds <n>', 'turns of each', wholeNumber, 2)
    .option('--pin', 'one processor for each process that embeds, by taskset')
    .action(async ({ model, store, images, rounds, pin = false, ...options }) => {
      const machine = describeMachine();
      const result = await runWorkers({ model, store, images, rounds, pin }, (line) =>
        stderr(`bench: ${line}\n`),
      );
      report('workers', model, options, result, machine);
    });

  command('server-deaths', 'end threads of the server at work, again and again', 16)
    .option('--times <n>', 'deaths of each kind', wholeNumber, 100)
    .action(async ({ times, ...options }) => {
      const machine = describeMachine();
      const result = await runServerDeaths({ flags: [], times, clients: options.clients });
      report('server-deaths', 'nano', options, result, machine);
    });
}
