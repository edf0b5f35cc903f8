import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { startClipql } from './command-line.ts';

export interface BuiltWorker {
  readonly child: ChildProcessWithoutNullStreams;
  /** Of its probes. */
  readonly url: string;
}

/** The built `clipql worker`, once it works. @throws Error with what it wrote if it ends instead. */
export async function startBuiltWorker(flags: readonly string[]): Promise<BuiltWorker> {
  const child = startClipql(['worker', '--port', '0', '--log-format', 'json', ...flags]);
  let written = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr.on('data', (chunk) => {
      written += chunk;
      const [, found] = /probes at (http[^"]+)"/.exec(written) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', () => reject(new Error(`expected a worker, got ${written}`)));
  });
  return { child, url };
}
