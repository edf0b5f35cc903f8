import { type ChildProcess, fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BenchError } from '../errors.ts';
import type { EngineInfo, EngineSpec } from './engine.ts';
import type { Answers, Reply, Request } from './protocol.ts';

const EXTENSION = extname(fileURLToPath(import.meta.url));
const SCRIPT = fileURLToPath(new URL(`./engine-process${EXTENSION}`, import.meta.url));
/** Run from its sources, as tests do, core is taken from its sources too. */
const NODE_ARGUMENTS = EXTENSION === '.ts' ? ['--conditions=clipql-source'] : [];

/** Windows cannot stop a process; there idle thread pools may disturb the others. */
const CAN_STOP = process.platform !== 'win32';

/**
 * An engine in a process of its own. Between requests the process is stopped by the system, so that
 * no thread pool of it takes time from the engine whose turn it is.
 */
export class EngineClient {
  readonly spec: EngineSpec;
  readonly info: EngineInfo;
  readonly #child: ChildProcess;

  private constructor(spec: EngineSpec, info: EngineInfo, child: ChildProcess) {
    this.spec = spec;
    this.info = info;
    this.#child = child;
  }

  /** @throws BenchError ENGINE_FAILED where the engine cannot be loaded. */
  static async start(spec: EngineSpec): Promise<EngineClient> {
    const child = fork(SCRIPT, [], {
      execArgv: NODE_ARGUMENTS,
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    running.add(child);
    child.once('exit', () => running.delete(child));
    try {
      const info = await ask(child, spec.engine, { kind: 'load', spec });
      stop(child);
      return new EngineClient(spec, info, child);
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
  }

  /** @throws BenchError ENGINE_FAILED where the engine throws or its process ends. */
  async ask<Kind extends keyof Answers>(
    request: Extract<Request, { kind: Kind }>,
  ): Promise<Answers[Kind]> {
    this.#child.kill('SIGCONT');
    try {
      return await ask(this.#child, this.spec.engine, request);
    } finally {
      stop(this.#child);
    }
  }

  /** Ends the process. */
  close(): void {
    this.#child.kill('SIGKILL');
  }
}

/** Stopped processes would outlive this one. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

function stop(child: ChildProcess): void {
  if (CAN_STOP) child.kill('SIGSTOP');
}

function ask<Kind extends keyof Answers>(
  child: ChildProcess,
  engine: string,
  request: Extract<Request, { kind: Kind }>,
): Promise<Answers[Kind]> {
  const failed = (reason: string) => new BenchError('ENGINE_FAILED', `${engine}: ${reason}`);
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null, signal: string | null) => {
      child.off('message', onReply);
      reject(failed(`its process ended with ${signal ?? code}`));
    };
    const onReply = (reply: Reply) => {
      child.off('exit', onExit);
      if ('answer' in reply) resolve(reply.answer as Answers[Kind]);
      else reject(failed(reply.failure.message));
    };
    child.once('exit', onExit);
    child.once('message', onReply);
    child.send(request);
  });
}
