import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { BenchError } from '../kit/errors.ts';
import type { JsonObject } from '../kit/input-file.ts';
import { readJsonObject } from '../kit/input-file.ts';
import type { AccuracyReport } from '../kit/reports/accuracy-report.ts';
import type { ProbeReport } from '../kit/reports/claims.ts';
import type { PhotographsReport } from '../kit/reports/photographs-report.ts';
import type { SpeedReport } from '../kit/reports/speed-report.ts';

/** What the commands of one run or several wrote with `--json`. */
export interface Results {
  readonly speed: readonly SpeedReport[];
  readonly accuracy: readonly AccuracyReport[];
  readonly photographs: readonly PhotographsReport[];
  readonly probes: readonly ProbeReport[];
}

/**
 * Reads every `.json` file of the folders; what wrote a file is seen from its fields.
 *
 * @throws BenchError FILE_NOT_FOUND for a missing folder, CASE_INVALID for a file of another kind.
 */
export async function readResults(folders: readonly string[]): Promise<Results> {
  const results = {
    speed: [] as SpeedReport[],
    accuracy: [] as AccuracyReport[],
    photographs: [] as PhotographsReport[],
    probes: [] as ProbeReport[],
  };
  for (const folder of folders) {
    for (const name of await jsonFiles(folder)) {
      const file = join(folder, name);
      const json = await readJsonObject(file);
      if ('peaks' in json) results.speed.push(json as unknown as SpeedReport);
      else if ('probe' in json) results.probes.push(json as unknown as ProbeReport);
      else if ('photographs' in json) {
        results.photographs.push(json as unknown as PhotographsReport);
      } else if (isAccuracy(json)) results.accuracy.push(json as unknown as AccuracyReport);
      else
        throw new BenchError(
          'CASE_INVALID',
          `${file}: expected what speed, accuracy, photographs or a probe prints`,
        );
    }
  }
  return results;
}

const isAccuracy = ({ rows }: JsonObject): boolean =>
  Array.isArray(rows) && rows.every((row) => typeof row?.top1 === 'number');

async function jsonFiles(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  } catch (cause) {
    throw new BenchError('FILE_NOT_FOUND', `${folder}: cannot be read`, { cause });
  }
}
