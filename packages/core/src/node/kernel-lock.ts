import { accessSync, type BigIntStats, constants, rmSync, statSync, writeFileSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';

/** SQLite's result code for a lock that somebody else holds. */
const SQLITE_BUSY = 5;

/** Open while they are held: closing one, as garbage collection does, gives its lock up. */
const held = new Set<DatabaseSync>();

/**
 * A lock that the operating system keeps for this process and takes back when the process ends, however it
 * ends. A suspended process keeps its lock, and containers that share a file exclude each other.
 *
 * Node has no call for such locks, but the SQLite inside it takes them on every system: `BEGIN IMMEDIATE`
 * holds SQLite's RESERVED lock, of which a file has one. Nothing is ever written to the file.
 *
 * @returns a function that gives the lock up and removes the file; undefined where somebody holds the lock.
 * @throws what the file system does.
 * @see https://sqlite.org/lockingv3.html
 */
export function takeKernelLock(file: string): (() => void) | undefined {
  for (;;) {
    const before = ensure(file);
    if (before === undefined) continue;
    const database = openDatabase(file);
    if (!reserve(database)) return undefined;
    // A holder removes its file. Whoever had opened that one by then holds a lock on no file.
    if (isSame(before, identity(file))) {
      held.add(database);
      return () => giveUp(file, database);
    }
    database.close();
  }
}

/**
 * SQLite is loaded with the first lock: Node 22 prints a warning when it is, and Node 20, which has none, could
 * not be told what is wrong.
 */
function openDatabase(file: string): DatabaseSync {
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  return new DatabaseSync(file);
}

/**
 * Where the file is. It is made and looked at without opening one that is there: closing any descriptor of
 * a file gives up all of a process's POSIX locks on it.
 */
function ensure(file: string): BigIntStats | undefined {
  try {
    writeFileSync(file, '', { flag: 'wx' });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
  try {
    accessSync(file, constants.R_OK | constants.W_OK);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  return identity(file);
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code;

const identity = (file: string): BigIntStats | undefined =>
  statSync(file, { bigint: true, throwIfNoEntry: false });

/** The number of a file that is gone is used again, but not with the same times. */
const isSame = (a: BigIntStats, b: BigIntStats | undefined): boolean =>
  a.dev === b?.dev && a.ino === b.ino && a.ctimeNs === b.ctimeNs && a.birthtimeNs === b.birthtimeNs;

function reserve(database: DatabaseSync): boolean {
  try {
    // In memory, as a journal beside the file would outlive the process.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN IMMEDIATE');
    return true;
  } catch (error) {
    database.close();
    if (((error as { errcode?: number }).errcode ?? 0) % 256 === SQLITE_BUSY) return false;
    throw error;
  }
}

function giveUp(file: string, database: DatabaseSync): void {
  if (!held.delete(database)) return;
  // Elsewhere the file goes while it is locked, so that nobody removes another's. Windows removes no open file.
  if (process.platform !== 'win32') remove(file);
  database.close();
  if (process.platform === 'win32') remove(file);
}

function remove(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // A file that stays is locked again as well as a new one.
  }
}
