import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/**
 * Runs a program that writes batches to a data folder and prints the number of each when it is acknowledged, and
 * kills it in the middle of one.
 *
 * @param from the number of the first batch.
 * @param batches after about so many it is killed.
 * @returns the number of the last batch that was acknowledged; `from` − 1 if none was.
 */
export async function writeUntilKilled(
  program: string,
  { folder, from, batches }: { folder: string; from: number; batches: number },
): Promise<number> {
  const args = ['--conditions=clipql-source', program, folder, `${from}`];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let last = from - 1;
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    last = Number(line);
    // In the middle of one of the next batches.
    if (last === from + batches) setTimeout(() => child.kill('SIGKILL'), Math.random() * 5);
  });
  const closed = once(lines, 'close');
  await once(child, 'exit');
  await closed;
  return last;
}
