import { ClipError } from '@clipql/core';
import { Command, CommanderError } from 'commander';
import { addParityCommand } from './commands/parity.ts';
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
    .description("ClipQL's parity with reference outputs")
    .exitOverride()
    .configureOutput({
      writeOut: streams.stdout,
      writeErr: streams.stderr,
      outputError: () => {},
    });
  addParityCommand(program, streams, (code) => {
    exitCode = code;
  });
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
