/**
 * shares[i, h·L + j] = softmax over j of q[i]·k[j] / sqrt(d), by head h, within a sequence.
 *
 * q [Q, D], k [ΣT, D], shares [Q, H·L], float32, offsets [B + 1] i32. Computed as in attention.ts, and `scratch` is as
 * large. The threads share the pairs of sequence and head.
 */
import { roundedUp, scoreKeys, softmax } from '../attention';
import { rangeEnd, rangeStart } from '../split';

export function attentionWeights(
  query: usize,
  queryPitch: usize,
  key: usize,
  keyPitch: usize,
  offsets: usize,
  sequences: i32,
  heads: i32,
  width: i32,
  queries: i32,
  longest: i32,
  out: usize,
  outPitch: usize,
  scratch: usize,
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
    const keys = key + <usize>first * keyPitch + column;
    const firstQuery = queries == 0 ? first : sequence * queries;
    const rows = queries == 0 ? length : queries;
    const others = scratch + roundedUp(length);
    const bytes = <usize>length << 2;
    for (let row = 0; row < rows; row += 2) {
      const other = min(row + 1, rows - 1);
      const q = query + <usize>(firstQuery + row) * queryPitch + column;
      const p = query + <usize>(firstQuery + other) * queryPitch + column;
      scoreKeys(q, p, keys, keyPitch, length, width, scratch, others);
      softmax(scratch, length, length);
      softmax(others, length, length);
      const to = out + (<usize>(head * longest) << 2);
      memory.copy(to + <usize>(firstQuery + row) * outPitch, scratch, bytes);
      memory.copy(to + <usize>(firstQuery + other) * outPitch, others, bytes);
    }
  }
}
