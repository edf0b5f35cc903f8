import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BenchError } from '../kit/errors.ts';
import { startBuiltCommand } from './built-command.ts';
import type { EmbeddingReply, EmbeddingRequest } from './embedding-process.ts';

/** A process that is ended with the run. */
interface Ending {
  /** Keeps it and all of its threads on one processor, as in a container of one CPU. */
  pin(processor: number): void;
  close(): Promise<void>;
}

const ending = (child: ChildProcess, signal: NodeJS.Signals): Ending => ({
  pin: (processor) => {
    execFileSync('taskset', ['-acp', String(processor), String(child.pid)], { stdio: 'ignore' });
  },
  close: async () => {
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  },
});

/** `clipql worker` in a process of its own. @param flags beside those that say where the model is. */
export async function startWorker(model: string, flags: readonly string[]): Promise<Ending> {
  const own = ['--model', model, '--port', '0', '--allow-hosts', '127.0.0.1'];
  const { child } = await startBuiltCommand(
    ['worker', '--log-format', 'json', ...own, ...flags],
    /probes at (http[^"]+)"/,
  );
  return ending(child, 'SIGTERM');
}

/** What embeds images and keeps nothing. */
export interface Embedding extends Ending {
  /** @throws BenchError ENGINE_FAILED. */
  embed(urls: readonly string[]): Promise<void>;
}

const SCRIPT = fileURLToPath(
  new URL(`./embedding-process${extname(fileURLToPath(import.meta.url))}`, import.meta.url),
);

export function startEmbedding(model: string, threads: number): Embedding {
  const child = fork(SCRIPT, [model, String(threads)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return {
    ...ending(child, 'SIGKILL'),
    embed: async (urls) => {
      const request: EmbeddingRequest = { urls };
      child.send(request);
      const [reply]: EmbeddingReply[] = await Promise.race([
        once(child, 'message'),
        once(child, 'exit').then(() => [{ failure: 'its process ended' }]),
      ]);
      if (reply!.failure !== undefined) throw new BenchError('ENGINE_FAILED', reply!.failure);
    },
  };
}
