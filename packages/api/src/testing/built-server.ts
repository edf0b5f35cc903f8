import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { startClipql } from './command-line.ts';

export interface BuiltServer {
  readonly child: ChildProcessWithoutNullStreams;
  /** Without a slash at the end. */
  readonly url: string;
  /** What it has written to standard error so far. */
  written(): string;
  /** As Ctrl-C does. */
  end(): Promise<void>;
}

/** What it writes once it listens, for people or as JSON. */
const LISTENS = /answers at (http\S+)\/graphql.*\n {2}try .*\n|listening at (http[^"]+)"/s;

/**
 * The built `clipql serve`, once it listens: on a free port, unless a flag says which.
 *
 * @param settings variables of its environment.
 * @throws Error with what it wrote if it ends instead.
 */
export async function startBuiltServer(
  flags: readonly string[] = [],
  settings: Readonly<Record<string, string>> = {},
): Promise<BuiltServer> {
  const port = flags.includes('--port') ? [] : ['--port', '0'];
  const child = startClipql(['serve', ...port, ...flags], settings);
  let written = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr.on('data', (chunk) => {
      written += chunk;
      const [, forPeople, asJson] = LISTENS.exec(written) ?? [];
      const found = forPeople ?? asJson;
      if (found !== undefined) resolve(found);
    });
    child.once('exit', () => reject(new Error(`expected a server, got ${written}`)));
  });
  const end = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGINT');
    await exit;
  };
  return { child, url, written: () => written, end };
}
