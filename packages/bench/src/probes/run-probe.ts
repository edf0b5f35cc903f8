import { fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BenchError } from '../kit/errors.ts';
import { modelOnDisk } from '../kit/models/model-on-disk.ts';
import type { ProbeResult } from '../kit/reports/claims.ts';
import type { ProbeRequest } from './probe.ts';

export type ProbeName = 'load-time' | 'memory' | 'deaths' | 'end-to-end' | 'growth' | 'layers';

export type ProbeReply = { readonly result: ProbeResult } | { readonly failure: string };

const EXTENSION = extname(fileURLToPath(import.meta.url));
const SCRIPT = fileURLToPath(new URL(`./probe-process${EXTENSION}`, import.meta.url));
/** Run from its sources, as tests do, core is taken from its sources too. */
const SOURCE_ARGUMENTS = EXTENSION === '.ts' ? ['--conditions=clipql-source'] : [];

/** Probes of which a process loads the model from a folder. */
const ON_DISK: readonly ProbeName[] = ['load-time', 'end-to-end'];

/**
 * Runs a probe in a process of its own.
 *
 * @throws BenchError ENGINE_FAILED where it fails.
 */
export async function runProbe(name: ProbeName, request: ProbeRequest): Promise<ProbeResult> {
  if (!ON_DISK.includes(name)) return inProcess(name, request);
  const { folder, remove } = await modelOnDisk(request.model);
  try {
    return await inProcess(name, { ...request, model: folder });
  } finally {
    await remove();
  }
}

function inProcess(name: ProbeName, request: ProbeRequest): Promise<ProbeResult> {
  const failed = (reason: string) => new BenchError('ENGINE_FAILED', `${name}: ${reason}`);
  return new Promise((resolve, reject) => {
    const child = fork(SCRIPT, [], {
      execArgv: ['--expose-gc', ...SOURCE_ARGUMENTS],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.once('exit', (code, signal) =>
      reject(failed(`its process ended with ${signal ?? code}`)),
    );
    child.once('message', (reply: ProbeReply) => {
      if ('result' in reply) resolve(reply.result);
      else reject(failed(reply.failure));
    });
    child.send({ name, request });
  });
}
