import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Whoever holds a lock; pid 0 where the lock cannot be read. */
export interface LockHolder {
  readonly pid: number;
  readonly host: string;
}

/** As it stands in the lock. */
interface Holder extends LockHolder {
  /** Tells one holding from another of the same process. */
  readonly id: string;
}

export interface Lock {
  /** Never fails; a second one does nothing. */
  release(): Promise<void>;
}

const POLL_MS = 100;
/** A holder says so often that it still lives. */
const HEARTBEAT_MS = 5_000;
/** Without a word for so long, a holder on another machine counts as gone. */
const SILENT_MS = 60_000;

/**
 * Does some work while no other process does work under the same lock. A lock keeps work from being
 * done twice; that nothing is spoiled rests on the hashes.
 *
 * @param file to lock, as {@link tryLock} has it.
 * @param onWait called once where another process holds the lock; with 0 where the lock cannot be read.
 */
export async function withLock<T>(
  file: string,
  onWait: (pid: number) => void,
  work: () => Promise<T>,
): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  let attempt = await tryLock(file);
  if (!('release' in attempt)) onWait(attempt.pid);
  while (!('release' in attempt)) {
    await sleep(POLL_MS);
    attempt = await tryLock(file);
  }
  try {
    return await work();
  } finally {
    await attempt.release();
  }
}

/**
 * Takes a lock, or tells who holds it. One whose process has ended is taken over at once; one of
 * another machine, after a minute without a sign of life.
 *
 * @param file made, and removed again when the lock is released; its folder is there.
 * @throws what the file system does.
 */
export async function tryLock(file: string): Promise<Lock | LockHolder> {
  const own: Holder = { pid: process.pid, host: hostname(), id: randomUUID() };
  const draft = `${file}.${own.id}`;
  await writeFile(draft, JSON.stringify(own));
  try {
    for (;;) {
      if (await take(file, draft, own)) return hold(file, own);
      const holder = await readHolder(file);
      if (holder === undefined) continue;
      if (!(await isGone(file, holder))) return { pid: holder.pid, host: holder.host };
      await removeOf(file, holder, own);
    }
  } finally {
    await rm(draft, { force: true });
  }
}

function hold(file: string, { id }: Holder): Lock {
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => {});
  }, HEARTBEAT_MS);
  heartbeat.unref();
  return {
    release: async () => {
      clearInterval(heartbeat);
      if ((await readHolder(file))?.id === id) await succeeds(rm(file, { force: true }));
    },
  };
}

/** A link appears with its content or not at all; of two, one fails. */
async function take(file: string, draft: string, own: Holder): Promise<boolean> {
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (!NO_LINKS.has(code)) throw error;
    return succeeds(writeFile(file, JSON.stringify(own), { flag: 'wx' }));
  }
}

/** What file systems without hard links say. */
const NO_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** Of a lock that is there and cannot be read. */
const UNKNOWN_HOLDER: Holder = { pid: 0, host: '', id: '' };

/** @returns undefined where there is no lock. */
async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    const { pid, host, id } = JSON.parse(await readFile(file, 'utf8')) as Partial<Holder>;
    return { pid: Number(pid), host: String(host), id: String(id) };
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : UNKNOWN_HOLDER;
  }
}

async function isGone(file: string, { pid, host }: Holder): Promise<boolean> {
  const isHere = host === hostname();
  if (isHere && !isAlive(pid)) return true;
  const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Date.now() }));
  // In a container that is started again, this process has the number of the one that was killed.
  const isBeforeUs = mtimeMs < Date.now() - 1_000 * process.uptime();
  if (isHere && pid === process.pid && isBeforeUs) return true;
  return Date.now() - mtimeMs > SILENT_MS;
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Removes the lock of a holder that is gone, unless another has taken it over by now. */
async function removeOf(file: string, { id }: Holder, own: Holder): Promise<void> {
  const aside = `${file}.gone.${own.id}`;
  if (!(await succeeds(rename(file, aside)))) return;
  const moved = await readHolder(aside);
  if (moved !== undefined && moved.id !== id) await succeeds(link(aside, file));
  await rm(aside, { force: true, recursive: true });
}

const succeeds = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  );
