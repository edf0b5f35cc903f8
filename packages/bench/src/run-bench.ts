import { ClipError } from '@clipql/core';
import { Command, CommanderError } from 'commander';
import { addAccuracyCommand } from './accuracy/command.ts';
import { addPhotographsCommand } from './accuracy/photographs-command.ts';
import { addCiCommand } from './ci/command.ts';
import { addFewShotCommand } from './few-shot/command.ts';
import { addGradientsCommand } from './gradients/command.ts';
import { BenchError } from './kit/errors.ts';
import type { Streams } from './kit/streams.ts';
import { addLoadCommands } from './load/command.ts';
import { addParityCommand } from './parity/command.ts';
import { addPicturesCommand } from './pictures/command.ts';
import { addProbeCommands } from './probes/command.ts';
import { addPublishedCommand } from './published/command.ts';
import { addRelevanceCommand } from './relevance/command.ts';
import { addReportCommand } from './report/command.ts';
import { addSearchCommand } from './search/command.ts';
import { addSpeedCommand } from './speed/command.ts';

/** What bench exits with when it could not compare: bad input, or a mistake of its own. */
const UNUSABLE = 2;

/**
 * Runs `bench` with these arguments. What goes wrong is one line, `bench: CODE: message`.
 *
 * @returns the exit code: 0 passed, 1 a comparison failed, 2 nothing could be compared.
 */
export async function runBench(args: readonly string[], streams: Streams): Promise<number> {
  let exitCode = 0;
  const program = new Command('bench')
    .description("ClipQL's parity with reference outputs, and its speed and accuracy")
    .exitOverride()
    .configureOutput({
      writeOut: streams.stdout,
      writeErr: streams.stderr,
      outputError: () => {},
    });
  const finish = (code: number) => {
    exitCode = code;
  };
  addParityCommand(program, streams, finish);
  addGradientsCommand(program, streams, finish);
  addSpeedCommand(program, streams);
  addAccuracyCommand(program, streams, finish);
  addPhotographsCommand(program, streams);
  addRelevanceCommand(program, streams, finish);
  addFewShotCommand(program, streams, finish);
  addPicturesCommand(program, streams, finish);
  addProbeCommands(program, streams, finish);
  addSearchCommand(program, streams, finish);
  addPublishedCommand(program, streams, finish);
  addLoadCommands(program, streams, finish);
  addReportCommand(program, streams);
  addCiCommand(program, streams, finish);
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.code.startsWith('commander.help')) {
      return error.exitCode === 0 ? 0 : UNUSABLE;
    }
    streams.stderr(`bench: ${describeError(error).replace(/\s*\n\s*/g, ' ')}\n`);
    return UNUSABLE;
  }
}

function describeError(error: unknown): string {
  if (error instanceof CommanderError)
    return `BAD_OPTION: ${error.message.replace(/^error: /, '')}`;
  if (error instanceof BenchError || error instanceof ClipError) {
    return `${error.code}: ${error.message}`;
  }
  return `INTERNAL: ${error instanceof Error ? error.message : String(error)}`;
}
