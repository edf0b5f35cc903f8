import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { BenchError } from '../kit/errors.ts';
import { CLIPQL, REPOSITORY } from '../kit/folders.ts';
import { readJsonObject } from '../kit/input-file.ts';

export interface BuiltCommand {
  readonly child: ChildProcess;
  /** Where it listens. */
  readonly url: string;
}

/**
 * Starts the built command `clipql`, and waits until it says where it listens.
 *
 * @param says what it writes to standard error, with the address as the first group.
 * @param nodeArguments beside those of the repository's script.
 * @throws BenchError ENGINE_FAILED with what it wrote if it ends instead.
 */
export async function startBuiltCommand(
  args: readonly string[],
  says: RegExp,
  nodeArguments: readonly string[] = [],
): Promise<BuiltCommand> {
  const child = fork(CLIPQL, args, {
    execArgv: [...(await nodeFlags()), ...nodeArguments],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stderr!.on('data', (chunk: Buffer) => {
      if (said.length < 10_000) said += chunk.toString();
      const [, found] = says.exec(said) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', () => {
      const reason = said.trim() || 'it ended';
      reject(new BenchError('ENGINE_FAILED', `clipql ${args[0]}: ${reason}`));
    });
  });
  return { child, url };
}

/** What the repository's script `clipql` gives to Node. */
async function nodeFlags(): Promise<string[]> {
  const { scripts } = await readJsonObject(join(REPOSITORY, 'package.json'));
  const { clipql } = scripts as { clipql: string };
  return clipql.split(' ').filter((part) => part.startsWith('--'));
}
