import type * as fs from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

/** What a process that was killed does not do any more. */
export class Crash extends Error {}

/** Operations that change the disk, and after how many of them the process is killed. */
export const crashing = { operations: 0, after: Number.POSITIVE_INFINITY };

const CHANGES = new Set([
  ...['appendFile', 'mkdir', 'rename', 'rm', 'truncate', 'writeFile'],
  ...['datasync', 'sync', 'write'],
]);

/** `node:fs/promises` that stops for good at the chosen operation, in the middle of what it writes. */
export function crashingFileSystem(original: typeof fs): typeof fs {
  return {
    ...original,
    ...wrapped(original),
    open: async (...args: Parameters<typeof fs.open>) => {
      const handle = await original.open(...args);
      return Object.assign(handle, wrapped(handle));
    },
  } as typeof fs;
}

type Call = (...args: unknown[]) => Promise<unknown>;

function wrapped(target: typeof fs | FileHandle): Record<string, Call> {
  const calls: Record<string, Call> = {};
  for (const name of CHANGES) {
    const call = (target as unknown as Record<string, Call | undefined>)[name];
    if (call === undefined) continue;
    calls[name] = async (...args) => {
      crashing.operations += 1;
      if (crashing.operations < crashing.after) return call.apply(target, args);
      if (crashing.operations === crashing.after) await writeHalf(name, call.bind(target), args);
      throw new Crash();
    };
  }
  return calls;
}

/** A kill can leave any part of what was being written. */
async function writeHalf(name: string, call: Call, args: readonly unknown[]): Promise<void> {
  if (name === 'appendFile') await call(String(args[0]).slice(0, String(args[0]).length / 2));
  if (name === 'writeFile') await call(args[0], String(args[1]).slice(0, 5), args[2]);
  if (name === 'write') await call(args[0], args[1], Math.floor(Number(args[2]) / 2), args[3]);
}
