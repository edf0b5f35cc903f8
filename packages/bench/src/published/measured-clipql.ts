import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { BenchError } from '../kit/errors.ts';
import { CLIPQL } from '../kit/folders.ts';

const EXTENSION = extname(fileURLToPath(import.meta.url));
const PEAK_MODULE = new URL(`./peak-memory${EXTENSION}`, import.meta.url).href;

export interface Measured {
  readonly stdout: string;
  readonly seconds: number;
  readonly peakBytes: number;
}

/**
 * Runs the built command line and measures it.
 *
 * @param environment beside that of this process.
 * @param peakFile written to by the process.
 * @throws BenchError ENGINE_FAILED where it fails.
 */
export async function measuredClipql(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  peakFile: string,
): Promise<Measured> {
  const start = performance.now();
  const child = spawn(process.execPath, [`--import=${PEAK_MODULE}`, CLIPQL, ...args], {
    env: { ...process.env, ...environment, PEAK_FILE: peakFile },
  });
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  const seconds = (performance.now() - start) / 1000;
  if (exitCode !== 0) {
    throw new BenchError('ENGINE_FAILED', `clipql ${args[0]} ended with ${exitCode}: ${stderr}`);
  }
  return { stdout, seconds, peakBytes: Number(await readFile(peakFile, 'utf8')) };
}
