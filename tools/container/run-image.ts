import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { environmentOf, type Image } from './build-image.ts';

export interface RunningImage {
  readonly url: string;
  /** Ends it as `docker stop` does. @returns its exit code, and what it wrote to standard error. */
  stop(): Promise<{ readonly exitCode: number | null; readonly stderr: string }>;
}

/** Between two questions to a server that is starting, in milliseconds. */
const RETRY_MS = 200;

/**
 * Starts an image as `docker run --read-only` does, as its own user, and waits until its health check
 * passes.
 *
 * @param args what stands behind the image's name; its own command unless given.
 * @param environment on top of the image's own; nothing of this process's gets in.
 * @param portVariable which variable says what port to listen on.
 * @throws Error for one that ends before it is healthy.
 */
export async function runImage(
  image: Image,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  portVariable: string,
  bin: string,
): Promise<RunningImage> {
  const port = await freePort();
  const options = {
    cwd: join(image.root, image.folder),
    env: {
      PATH: `${bin}:/usr/bin:/bin`,
      ...environmentOf(image),
      ...environment,
      [portVariable]: String(port),
    },
    ...userOf(image),
  };
  const [program, ...rest] = [...image.entrypoint, ...(args.length > 0 ? args : image.command)];
  const child = spawn(program!, rest, { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const [check, ...checkArgs] = image.healthcheck;
  while (spawnSync(check!, checkArgs, options).status !== 0) {
    if (child.exitCode !== null)
      throw new Error(`ended with exit code ${child.exitCode}: ${stderr}`);
    await setTimeout(RETRY_MS);
  }
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => ({ exitCode: await terminate(child), stderr }),
  };
}

/** Whether the image's user can write to a place within it. */
export function canWrite(image: Image, path: string): boolean {
  const file = join(image.root, path, 'written');
  const script = `require('node:fs').writeFileSync(${JSON.stringify(file)}, '')`;
  const { status } = spawnSync(process.execPath, ['-e', script], userOf(image));
  return status === 0;
}

/** As root one can become the image's user; without root, the files' modes have to do. */
function userOf({ user }: Image): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const [uid, gid] = user.split(':').map(Number);
  return { uid: uid!, gid: gid! };
}

async function terminate(child: ChildProcess): Promise<number | null> {
  const exit = once(child, 'exit') as Promise<[number | null]>;
  child.kill('SIGTERM');
  const [exitCode] = await exit;
  return exitCode;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('expected a port');
  return address.port;
}
