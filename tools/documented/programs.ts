/** Runs the TypeScript programs that pages and docstrings show, as they stand there. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export interface Program {
  /** Where it stands, for messages. */
  readonly where: string;
  readonly source: string;
  /** False for one that is only checked for its types. */
  readonly runs: boolean;
}

const PROCESS = join(ROOT, 'tools/documented/program-process.ts');
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');

/**
 * Checks the types of programs and runs them, one after another in one process that starts in the
 * repository's root. What a line prints is compared with the comment behind it:
 * `console.log(best.label); // sheep`.
 *
 * @param env variables of the process besides its own.
 * @returns what is wrong, a line each; none when all is right.
 */
export async function failuresOf(
  programs: readonly Program[],
  env: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'clipql-programs-'));
  try {
    // As if npm had installed it there.
    mkdirSync(join(folder, 'node_modules/@clipql'), { recursive: true });
    symlinkSync(join(ROOT, 'packages/core'), join(folder, 'node_modules/@clipql/core'));
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    const files = programs.map(({ where, source }, i) => {
      const file = join(folder, `${i}-${where.replace(/\W+/g, '-')}.ts`);
      writeFileSync(file, `${source}\n`);
      return file;
    });
    const types = typeFailures(folder);
    if (types.length > 0) return types;
    return await runFailures(
      files.filter((_, i) => programs[i]!.runs),
      env,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function typeFailures(folder: string): readonly string[] {
  const config = join(folder, 'tsconfig.json');
  const compilerOptions = {
    typeRoots: [join(ROOT, 'node_modules/@types')],
    noUncheckedIndexedAccess: false,
    noUnusedLocals: false,
  };
  const extended = join(ROOT, 'tsconfig.json');
  writeFileSync(config, JSON.stringify({ extends: extended, compilerOptions, include: ['*.ts'] }));
  const { stdout } = spawnSync(process.execPath, [TSC, '-p', config], { encoding: 'utf8' });
  return stdout.split('\n').filter((line) => line !== '');
}

async function runFailures(
  files: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const args = ['--conditions=clipql-source', PROCESS, ...files];
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  const failures = output.split('\n').filter((line) => line !== '');
  return code === 0 ? failures : [...failures, `the programs ended with ${code}: ${errors}`];
}
