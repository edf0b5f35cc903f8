import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { GpuAdapter } from '@clipql/core';
import { type Finding, note, ok } from './finding.ts';

/** A driver that has not answered after this will not, in milliseconds. */
const PATIENCE_MS = 30_000;

/**
 * Asks for a GPU in a process of its own: drivers write to standard error as they like, and one that
 * crashes takes its process with it.
 */
export async function lookAtGpu(): Promise<Finding> {
  const adapter = await findGpuApart();
  if (adapter === 'crashed') return note('gpu', 'the driver fails; --backend gpu would too');
  if (adapter === null) return note('gpu', 'no adapter answers; --backend gpu would fail');
  const { mode, name, software } = adapter;
  return software
    ? note('gpu', `${name} by ${mode}, which computes on the processor: slower than without`)
    : ok('gpu', `${name} by ${mode}, for --backend gpu`);
}

async function findGpuApart(): Promise<GpuAdapter | null | 'crashed'> {
  const core = JSON.stringify(import.meta.resolve('@clipql/core'));
  const script = `
    import { findGpu } from ${core};
    const text = JSON.stringify((await findGpu()) ?? null);
    process.stdout.write(text, () => process.exit());`;
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', script],
      { timeout: PATIENCE_MS },
    );
    return JSON.parse(stdout);
  } catch {
    return 'crashed';
  }
}
