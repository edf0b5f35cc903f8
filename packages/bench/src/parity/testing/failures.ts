import { describeFailure } from '../report.ts';
import type { ParityResult } from '../row.ts';

/** What failed, and where it is worst; empty when all passed. */
export const failuresOf = (results: readonly ParityResult[]): string[] =>
  results.filter(({ row }) => !row.passed).map(describeFailure);
