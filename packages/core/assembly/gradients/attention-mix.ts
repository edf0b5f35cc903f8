/**
 * out[i] = Σⱼ shares[i, h·L + j] · x[j] (attentionMix), or out[j] = Σᵢ shares[i, h·L + j] · x[i]
 * (attentionMixTranspose), by head h, within a sequence.
 *
 * shares [Q, H·L], rows by query [Q, D], rows by key [ΣT, D], float32, offsets [B + 1] i32. Summed in float32, in
 * order, for two results at a time. The threads share the pairs of sequence and head.
 */
import { mixValues } from '../attention';
import { rangeEnd, rangeStart } from '../split';

export function attentionMix(
  shares: usize,
  sharesPitch: usize,
  x: usize,
  xPitch: usize,
  offsets: usize,
  sequences: i32,
  heads: i32,
  width: i32,
  queries: i32,
  longest: i32,
  isTransposed: bool,
  out: usize,
  outPitch: usize,
  thread: i32,
  threads: i32,
): void {
  const pairs = sequences * heads;
  const end = rangeEnd(pairs, thread, threads);
  for (let pair = rangeStart(pairs, thread, threads); pair < end; pair++) {
    const sequence = pair / heads;
    const head = pair % heads;
    const column = <usize>(head * width) << 2;
    const first = load<i32>(offsets + (<usize>sequence << 2));
    const length = load<i32>(offsets + (<usize>sequence << 2), 4) - first;
    const firstQuery = queries == 0 ? first : sequence * queries;
    const rows = queries == 0 ? length : queries;
    // From one result's shares to the next's, and from one of a result's shares to the next.
    const resultStep: usize = isTransposed ? 4 : sharesPitch;
    const shareStep: usize = isTransposed ? sharesPitch : 4;
    const results = isTransposed ? length : rows;
    const terms = isTransposed ? rows : length;
    const own = shares + <usize>firstQuery * sharesPitch + (<usize>(head * longest) << 2);
    const from = x + <usize>(isTransposed ? firstQuery : first) * xPitch + column;
    const to = out + <usize>(isTransposed ? first : firstQuery) * outPitch + column;
    for (let result = 0; result < results; result += 2) {
      const i = <usize>result;
      const j = <usize>min(result + 1, results - 1);
      mixValues(own + i * resultStep, own + j * resultStep, shareStep, from, xPitch, terms, width, to + i * outPitch, to + j * outPitch);
    }
  }
}
