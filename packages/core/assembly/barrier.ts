/**
 * Where the threads of a team wait for each other between two steps. Two words at `control`: how many
 * times all have met, and how many have arrived since.
 */

/** About 20 µs; most steps end within that on all threads. */
const SPINS: i32 = 20_000;
/** Nanoseconds after which a thread that has not come is taken for dead. */
const TIMEOUT: i64 = 10_000_000_000;
const TIMED_OUT: i32 = 2;

/** @returns false when not all threads came in time */
export function barrier(control: usize, threads: i32): bool {
  if (!ASC_FEATURE_THREADS) return true;
  const meeting = atomic.load<i32>(control);
  if (atomic.add<i32>(control, 1, 4) == threads - 1) {
    atomic.store<i32>(control, 0, 4);
    atomic.add<i32>(control, 1);
    atomic.notify(control, -1);
    return true;
  }
  for (let spin = 0; spin < SPINS; spin++) {
    if (atomic.load<i32>(control) != meeting) return true;
  }
  while (atomic.load<i32>(control) == meeting) {
    if (atomic.wait<i32>(control, meeting, TIMEOUT) == TIMED_OUT) return false;
  }
  return true;
}
