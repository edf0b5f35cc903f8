import { readdir } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { BenchError } from '../kit/errors.ts';

/** An image, and what the reference makes of it at one size. */
export interface PixelCase {
  /** Such as `landscape-640x427.224`. */
  readonly name: string;
  readonly input: string;
  readonly expected: string;
  /** S, the side of the square that the image is brought to. */
  readonly size: number;
}

/**
 * The cases of a folder with `in/NAME.EXT` and `expected/NAME.SIZE.png`.
 *
 * @returns the cases, and the inputs for which nothing is expected.
 * @throws BenchError FILE_NOT_FOUND for a missing folder, CASE_INVALID for a file of `expected/`
 *   that has another name, or not exactly one input.
 */
export async function readPreprocessFolder(
  folder: string,
): Promise<{ cases: readonly PixelCase[]; unused: readonly string[] }> {
  const inputs = await list(join(folder, 'in'));
  const cases: PixelCase[] = [];
  const used = new Set<string>();
  for (const file of await list(join(folder, 'expected'))) {
    const [, name, size] = /^(.+)\.(\d+)\.png$/.exec(file) ?? [];
    const expected = join(folder, 'expected', file);
    if (name === undefined) {
      throw new BenchError('CASE_INVALID', `${expected}: expected a name like NAME.224.png`);
    }
    const matching = inputs.filter((input) => parse(input).name === name);
    if (matching.length !== 1) {
      const problem = `expected one image in/${name}.*, got ${matching.length}`;
      throw new BenchError('CASE_INVALID', `${expected}: ${problem}`);
    }
    const [input] = matching;
    used.add(input!);
    cases.push({
      name: `${name}.${size}`,
      input: join(folder, 'in', input!),
      expected,
      size: Number(size),
    });
  }
  if (cases.length === 0) throw new BenchError('CASE_INVALID', `${folder}: expected/ is empty`);
  return { cases, unused: inputs.filter((input) => !used.has(input)) };
}

async function list(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
    return names.filter((name) => !name.startsWith('.')).sort();
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? cause.code : 'unknown reason';
    throw new BenchError('FILE_NOT_FOUND', `${folder}: cannot be read (${reason})`, { cause });
  }
}
