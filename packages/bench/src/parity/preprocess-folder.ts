import { readdir, stat } from 'node:fs/promises';
import { join, parse } from 'node:path';
import type { ResizeFilter } from '@clipql/core';
import { BenchError } from '../kit/errors.ts';

/** An image, and what the reference makes of it at one size. */
export interface PixelCase {
  /** Such as `landscape-640x427.224`, or `landscape-640x427.64.bicubic` where it is squashed. */
  readonly name: string;
  readonly input: string;
  readonly expected: string;
  /** S, the side of the square that the image is brought to. */
  readonly size: number;
  /** The filter with which the whole image is squashed into the square; absent where it is cut. */
  readonly squash?: ResizeFilter;
}

/** The parts of a folder, and the names of what is expected in them. */
const PARTS = [
  { part: 'expected', pattern: /^(.+)\.(\d+)\.png$/, name: 'NAME.224.png' },
  {
    part: 'squashed',
    pattern: /^(.+)\.(\d+)\.(nearest|lanczos|bilinear|bicubic|box|hamming)\.png$/,
    name: 'NAME.64.bicubic.png',
  },
] as const;

/**
 * The cases of a folder with `in/NAME.EXT`, `expected/NAME.SIZE.png` and, where there is such a
 * folder, `squashed/NAME.SIZE.FILTER.png`.
 *
 * @returns the cases, and the inputs for which nothing is expected.
 * @throws BenchError FILE_NOT_FOUND for a missing folder, CASE_INVALID for an expected file
 *   that has another name, or not exactly one input.
 */
export async function readPreprocessFolder(
  folder: string,
): Promise<{ cases: readonly PixelCase[]; unused: readonly string[] }> {
  const inputs = await list(join(folder, 'in'));
  const cases: PixelCase[] = [];
  const used = new Set<string>();
  const hasSquashed = (await stat(join(folder, 'squashed')).catch(() => undefined)) !== undefined;
  for (const { part, pattern, name: example } of hasSquashed ? PARTS : PARTS.slice(0, 1)) {
    for (const file of await list(join(folder, part))) {
      const expected = join(folder, part, file);
      const [, name, size, squash] = pattern.exec(file) ?? [];
      if (name === undefined) {
        throw new BenchError('CASE_INVALID', `${expected}: expected a name like ${example}`);
      }
      const input = inputOf(name, inputs, expected);
      used.add(input);
      cases.push({
        name: parse(file).name,
        input: join(folder, 'in', input),
        expected,
        size: Number(size),
        ...(squash !== undefined && { squash: squash as ResizeFilter }),
      });
    }
  }
  if (cases.length === 0) throw new BenchError('CASE_INVALID', `${folder}: expected/ is empty`);
  return { cases, unused: inputs.filter((input) => !used.has(input)) };
}

function inputOf(name: string, inputs: readonly string[], expected: string): string {
  const matching = inputs.filter((input) => parse(input).name === name);
  if (matching.length !== 1) {
    const problem = `expected one image in/${name}.*, got ${matching.length}`;
    throw new BenchError('CASE_INVALID', `${expected}: ${problem}`);
  }
  return matching[0]!;
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
