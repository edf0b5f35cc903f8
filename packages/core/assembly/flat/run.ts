/** What a flat index computes: `run` on all threads of a team, the others on the calling one. */
import { scan } from './scan';

export { mergeBest } from './best';
export { quantizeRows } from './quantize-rows';
export { rescore } from './rescore';
export { moveRow } from './segment';

/**
 * @param job what to scan, see scan.ts; a team hands on three words more, which are not used
 * @returns true: the threads do not wait for each other
 */
export function run(job: usize, word1: i32, word2: i32, word3: i32, control: usize, thread: i32, threads: i32): bool {
  scan(job, thread, threads);
  return true;
}
