/** What a flat index computes: `run` on all threads of a team, the others on the calling one. */
import { scan } from './scan';
import { sumExp } from './sum-exp';

export { mergeBest } from './best';
export { quantizeRows } from './quantize-rows';
export { rescore } from './rescore';
export { moveRow } from './segment';

/** What a job is, as ../../src/flat/kernels.ts knows it. */
const SUM_EXP: i32 = 1;

/**
 * @param job what to do, see scan.ts and sum-exp.ts; a team hands on two words more, which are not used
 * @param kind of the job: 0 for a scan
 * @returns true: the threads do not wait for each other
 */
export function run(job: usize, kind: i32, word2: i32, word3: i32, control: usize, thread: i32, threads: i32): bool {
  if (kind == SUM_EXP) sumExp(job, thread, threads);
  else scan(job, thread, threads);
  return true;
}
