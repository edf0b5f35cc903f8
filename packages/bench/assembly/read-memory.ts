/**
 * The sum of the 32-bit words from `from` up to `to`, which lie a multiple of 64 bytes apart; it wraps. As little work as
 * can be done with memory that is read once, so its time is the memory's.
 */
export function readMemory(from: usize, to: usize): i32 {
  let first = i32x4.splat(0);
  let second = first;
  let third = first;
  let fourth = first;
  for (; from < to; from += 64) {
    first = i32x4.add(first, v128.load(from));
    second = i32x4.add(second, v128.load(from, 16));
    third = i32x4.add(third, v128.load(from, 32));
    fourth = i32x4.add(fourth, v128.load(from, 48));
  }
  const all = i32x4.add(i32x4.add(first, second), i32x4.add(third, fourth));
  return (
    i32x4.extract_lane(all, 0) +
    i32x4.extract_lane(all, 1) +
    i32x4.extract_lane(all, 2) +
    i32x4.extract_lane(all, 3)
  );
}
