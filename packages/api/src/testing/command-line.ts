import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

/** The command. */
export const CLIPQL = fileURLToPath(new URL('../../bin/clipql.js', import.meta.url));

export interface Finished {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Starts the built `clipql`, without this process's own settings for it.
 *
 * @param settings variables of its environment.
 */
export function startClipql(
  args: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): ChildProcessWithoutNullStreams {
  const isSetting = (name: string) => name === 'PORT' || name.startsWith('CLIPQL_');
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !isSetting(name)));
  return spawn(process.execPath, [CLIPQL, ...args], { env: { ...env, ...settings } });
}

/** Runs the built `clipql` to its end. */
export async function clipql(...args: readonly string[]): Promise<Finished> {
  return finished(startClipql(args));
}

export async function finished(child: ChildProcessWithoutNullStreams): Promise<Finished> {
  const [stdout, stderr, [exitCode]] = await Promise.all([
    // A stream that the test has closed gives nothing.
    child.stdout.destroyed ? '' : text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  return { exitCode, stdout, stderr };
}

/** A use of the command line that fails. */
export interface BadUse {
  readonly what: string;
  readonly args: readonly string[];
  /** What standard error has to match. */
  readonly line: RegExp;
}

/** One line on standard error, and exit code 2 for a misuse, 1 for what went wrong otherwise. */
export function expectFailure({ exitCode, stdout, stderr }: Finished, line: RegExp): void {
  expect(stderr).toMatch(/^clipql: [^\n]+\n$/);
  expect(stderr).toMatch(line);
  expect(stdout).toBe('');
  expect(exitCode).toBe(stderr.startsWith('clipql: BAD_OPTION: ') ? 2 : 1);
}
