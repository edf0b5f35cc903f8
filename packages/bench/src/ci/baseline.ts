import { writeFile } from 'node:fs/promises';
import { BenchError } from '../kit/errors.ts';
import { readJsonObject } from '../kit/input-file.ts';
import type { Ratios } from './ratios.ts';

/** What an earlier run measured, and how much worse a later one may be. */
export interface Baseline {
  /** 0.4 lets a ratio rise by 40 %. */
  readonly tolerance: number;
  readonly ratios: Ratios;
}

/** A ratio beside the one it is held to. */
export interface RatioResult {
  readonly name: string;
  /** undefined for one that was not measured. */
  readonly ratio: number | undefined;
  /** undefined for one that the baseline does not have, which cannot fail. */
  readonly baseline: number | undefined;
  readonly passed: boolean;
}

/** @throws BenchError FILE_NOT_FOUND or CASE_INVALID. */
export async function readBaseline(file: string): Promise<Baseline> {
  const { tolerance, ratios } = await readJsonObject(file);
  const numbers = typeof ratios === 'object' && ratios !== null ? Object.values(ratios) : [];
  const sound = numbers.length > 0 && numbers.every((ratio) => typeof ratio === 'number');
  if (typeof tolerance !== 'number' || !(tolerance >= 0) || !sound) {
    throw new BenchError('CASE_INVALID', `${file}: expected tolerance and ratios`);
  }
  return { tolerance, ratios: ratios as Ratios };
}

export const writeBaseline = (file: string, baseline: Baseline): Promise<void> =>
  writeFile(file, `${JSON.stringify(baseline, undefined, 2)}\n`);

/** A ratio passes up to the baseline's and the tolerance on top; one that is missing fails. */
export function compareRatios(
  ratios: Ratios,
  { tolerance, ratios: expected }: Baseline,
): RatioResult[] {
  const names = [...new Set([...Object.keys(expected), ...Object.keys(ratios)])];
  return names.map((name) => {
    const ratio = ratios[name];
    const baseline = expected[name];
    const passed =
      baseline === undefined || (ratio !== undefined && ratio <= baseline * (1 + tolerance));
    return { name, ratio, baseline, passed };
  });
}
