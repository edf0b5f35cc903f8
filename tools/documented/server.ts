import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ROOT } from './programs.ts';

export interface BuiltServer {
  /** Without a slash at the end. */
  readonly url: string;
  end(): Promise<void>;
}

/** The built `clipql serve`, with the embedded model, on a free port. */
export async function startServer(): Promise<BuiltServer> {
  const command = join(ROOT, 'packages/api/bin/clipql.js');
  const child = spawn(process.execPath, [command, 'serve', '--port', '0', '--drain-seconds', '0']);
  const exit = once(child, 'exit');
  const end = async () => {
    child.kill();
    await exit;
  };
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
      const [, found] = /(http:\/\/\S+)\/graphql/.exec(said) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.on('exit', () => reject(new Error(said)));
  });
  return { url, end };
}
