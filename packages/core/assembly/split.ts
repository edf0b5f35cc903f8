/** The part of `count` things that a thread does: those from `rangeStart` up to `rangeEnd`. */

// @ts-ignore: decorator
@inline
export function rangeStart(count: i32, thread: i32, threads: i32): i32 {
  return <i32>((<i64>count * thread) / threads);
}

// @ts-ignore: decorator
@inline
export function rangeEnd(count: i32, thread: i32, threads: i32): i32 {
  return <i32>((<i64>count * (thread + 1)) / threads);
}
