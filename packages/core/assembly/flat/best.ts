/**
 * The best keys below a ceiling, as a binary heap with the worst of them on top. A key is 64 bits that sort as
 * (score ascending, row descending), so of equal scores the lower row is better.
 *
 *   count u32, capacity u32 (at least 1), ceiling u64, keys [capacity] u64
 */
const HEADER: usize = 16;

/** The score above which a key is among the best: rows only grow, so equal scores are not. */
// @ts-ignore: decorator
@inline
export function threshold(best: usize): f32 {
  if (load<u32>(best) < load<u32>(best, 4)) return -Infinity;
  const upper = <u32>(load<u64>(best, HEADER) >> 32);
  // The reverse of keyOf.
  return reinterpret<f32>(upper ^ (upper >> 31 ? 0x80000000 : 0xffffffff));
}

// @ts-ignore: decorator
@inline
export function keyOf(score: f32, row: u32): u64 {
  // −0 and 0 are equal, and would not sort as such.
  const bits = reinterpret<u32>(score + 0);
  const ordered = bits ^ (bits >> 31 ? 0xffffffff : 0x80000000);
  return (<u64>ordered << 32) | <u64>(~row);
}

/** Adds a key that is below the ceiling, in the place of the worst when there is no room. */
export function push(best: usize, key: u64): void {
  if (key >= load<u64>(best, 8)) return;
  const count = load<u32>(best);
  const keys = best + HEADER;
  if (count < load<u32>(best, 4)) {
    store<u32>(best, count + 1);
    rise(keys, count, key);
  } else if (key > load<u64>(keys)) {
    sink(keys, count, key);
  }
}

function rise(keys: usize, at: u32, key: u64): void {
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const other = load<u64>(keys + (<usize>parent << 3));
    if (other <= key) break;
    store<u64>(keys + (<usize>at << 3), other);
    at = parent;
  }
  store<u64>(keys + (<usize>at << 3), key);
}

function sink(keys: usize, count: u32, key: u64): void {
  let at: u32 = 0;
  for (;;) {
    let child: u32 = 2 * at + 1;
    if (child >= count) break;
    let other = load<u64>(keys + (<usize>child << 3));
    if (child + 1 < count) {
      const second = load<u64>(keys + (<usize>child << 3), 8);
      if (second < other) {
        other = second;
        child++;
      }
    }
    if (other >= key) break;
    store<u64>(keys + (<usize>at << 3), other);
    at = child;
  }
  store<u64>(keys + (<usize>at << 3), key);
}

/** Adds to the first of `count` heaps what the others hold; they lie `pitch` bytes apart. */
export function mergeBest(first: usize, count: i32, pitch: usize): void {
  for (let heap = 1; heap < count; heap++) {
    const other = first + <usize>heap * pitch;
    const end = other + HEADER + (<usize>load<u32>(other) << 3);
    for (let key = other + HEADER; key < end; key += 8) push(first, load<u64>(key));
  }
}
