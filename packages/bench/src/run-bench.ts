import { ClipError } from '@clipql/core';
import { Command, CommanderError } from 'commander';
import { addAccuracyCommand } from './commands/accuracy.ts';
import { addCiCommand } from './commands/ci.ts';
import { addLoadCommands } from './commands/load.ts';
import { addParityCommand } from './commands/parity.ts';
import { addProbeCommands } from './commands/probes.ts';
import { addPublishedCommand } from './commands/published.ts';
import { addReportCommand } from './commands/report.ts';
import { addSpeedCommand } from './commands/speed.ts';
import { BenchError } from './errors.ts';
import type { Streams } from './streams.ts';

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
  addSpeedCommand(program, streams);
  addAccuracyCommand(program, streams, finish);
  addProbeCommands(program, streams, finish);
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
