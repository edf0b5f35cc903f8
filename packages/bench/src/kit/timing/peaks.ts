import { OPERATIONS_PER_ITERATION, type PeakLoop, peakModule } from './peak-module.ts';

/** What one core reaches in WebAssembly's 128-bit vectors, in 10⁹ operations a second. */
export interface Peaks {
  /** `f32x4.relaxed_madd`, GFLOP/s; undefined where the engine has no relaxed SIMD. */
  readonly f32: number | undefined;
  /** `i32x4.relaxed_dot_i8x16_i7x16_add_s`, Gop/s. */
  readonly int8: number | undefined;
}

export const measurePeaks = (): Peaks => ({ f32: peakOf('f32'), int8: peakOf('int8') });

/** The best of each. */
export const higherPeaks = (a: Peaks, b: Peaks): Peaks => ({
  f32: higher(a.f32, b.f32),
  int8: higher(a.int8, b.int8),
});

const higher = (a: number | undefined, b: number | undefined) =>
  a === undefined || b === undefined ? undefined : Math.max(a, b);

/** About a millisecond's worth on a slow machine: short enough to slip between interruptions. */
const ITERATIONS = 20_000;
/** As float32 0.75, so that no sum is subnormal; as int8 63, which fits 7 bits. */
const FACTOR_BYTE = 0x3f;
/** Enough for the optimizing compiler to have come, and for the clock to have risen. */
const MILLISECONDS = 300;

function peakOf(loop: PeakLoop): number | undefined {
  const bytes = peakModule(loop);
  if (!WebAssembly.validate(bytes)) return undefined;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const run = exports.run as (iterations: number, bytes: number) => number;
  let best = Number.POSITIVE_INFINITY;
  const end = performance.now() + MILLISECONDS;
  while (performance.now() < end) {
    const start = performance.now();
    run(ITERATIONS, FACTOR_BYTE);
    best = Math.min(best, performance.now() - start);
  }
  return (ITERATIONS * OPERATIONS_PER_ITERATION[loop]) / (best * 1e6);
}
