import { INT8_MEMORY_SHARE, type Precision } from '@clipql/core';
import type { ZooModel } from './zoo.ts';

const FLOAT_BYTES = 4;

/** What a download takes, in bytes: of weights whose size is not known, what they have in float32. */
export function downloadBytes({ files, parameters }: ZooModel): number {
  const { bytes: known, aboutBytes } = files.at(-1)!;
  const weights = known ?? aboutBytes ?? parameters * FLOAT_BYTES;
  return files.slice(0, -1).reduce((sum, { bytes }) => sum + (bytes ?? 0), weights);
}

/**
 * What a loaded model takes, in bytes: its packed weights. The rest of the process takes about 0.2 GB. A token table
 * that stays on the disk does not count.
 */
export function memoryBytes(
  { parameters, tokenTableParameters = 0 }: ZooModel,
  precision: Precision,
): number {
  const bytes = (parameters - tokenTableParameters) * FLOAT_BYTES;
  return precision === 'int8' ? bytes * INT8_MEMORY_SHARE : bytes;
}
