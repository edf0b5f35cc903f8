import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CLIPQL } from '../kit/folders.ts';
import type { ProbeRequest } from './probe.ts';

const run = promisify(execFile);

/**
 * How long `clipql embed --images` takes for a folder, beyond what the same command takes once all is
 * embedded: to start and to load the model.
 *
 * @param folder of the model.
 * @param file of which the folder has `count` copies.
 * @returns milliseconds.
 */
export async function embedFolder(
  folder: string,
  file: Uint8Array,
  count: number,
  { precision, threads }: ProbeRequest,
): Promise<number> {
  const place = await mkdtemp(join(tmpdir(), 'clipql-bench-'));
  try {
    for (let i = 0; i < count; i++) await writeFile(join(place, `${i}.jpg`), file);
    const out = join(place, 'out.npy');
    const settings = ['--model', folder, '--precision', precision, '--threads', String(threads)];
    const args = ['embed', '--images', place, '--out', out, '--quiet', ...settings];
    const timed = async () => {
      const start = performance.now();
      await run(process.execPath, [CLIPQL, ...args]);
      return performance.now() - start;
    };
    const whole = await timed();
    return whole - (await timed());
  } finally {
    await rm(place, { recursive: true });
  }
}
