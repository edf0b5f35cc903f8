import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { REPOSITORY } from '../kit/folders.ts';
import type { ThreadKind } from '../kit/keep-workers.ts';
import { startBuiltCommand } from './built-command.ts';

export type ServerQuestion =
  | { readonly kind: 'vitals' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'kill'; readonly thread: ThreadKind };

export interface ServerVitals {
  /** Milliseconds by which the event loop was late, 99th percentile since the last reset. */
  readonly lagP99: number;
  /** Bytes of the process, by kind. */
  readonly memory: NodeJS.MemoryUsage;
}

/** `clipql serve` in a process of its own. */
export interface BenchServer {
  readonly url: string;
  vitals(): Promise<ServerVitals>;
  /** Begins a new measurement of the event loop. */
  reset(): Promise<void>;
  /** Ends one of its threads. */
  kill(thread: ThreadKind): Promise<void>;
  /** A sum or count that `/metrics` shows under this name. */
  metric(name: string): Promise<number>;
  close(): Promise<void>;
}

const PRELOAD = join(REPOSITORY, 'packages', 'bench', 'dist', 'load', 'server-preload.js');

/**
 * Starts the built server on a free port, from which images of this machine can be fetched.
 *
 * @param model folder of the model that it serves.
 * @param flags of `clipql serve`.
 * @throws BenchError ENGINE_FAILED when it does not start.
 */
export async function startServer(model: string, flags: readonly string[]): Promise<BenchServer> {
  const own = ['--model', model, '--port', '0', '--allow-hosts', '127.0.0.1'];
  const { child, url } = await startBuiltCommand(
    ['serve', ...own, ...flags],
    /ClipQL answers at (\S+)/,
    ['--import', pathToFileURL(PRELOAD).href],
  );
  const ask = async (question: ServerQuestion): Promise<ServerVitals> => {
    child.send(question);
    const [vitals] = await once(child, 'message');
    return vitals;
  };
  let asking: Promise<unknown> = Promise.resolve();
  /** One question at a time, so that each gets its own answer. */
  const inTurn = (question: ServerQuestion): Promise<ServerVitals> => {
    const answer = asking.then(() => ask(question));
    asking = answer.catch(() => {});
    return answer;
  };
  return {
    url,
    vitals: () => inTurn({ kind: 'vitals' }),
    reset: async () => {
      await inTurn({ kind: 'reset' });
    },
    kill: async (thread) => {
      await inTurn({ kind: 'kill', thread });
    },
    metric: async (name) => {
      const text = await (await fetch(new URL('/metrics', url))).text();
      const line = text.split('\n').find((one) => one.startsWith(`${name} `));
      return Number(line?.slice(name.length) ?? 0);
    },
    close: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
