/**
 * A WebAssembly module, written byte by byte, whose loop does nothing but multiply and add in
 * registers: what the engine's vector instructions can do at most.
 *
 * @see https://webassembly.github.io/spec/core/binary/
 */

/** What the loop repeats; each is a vector of accumulators from two factors and an accumulator. */
export type PeakLoop = keyof typeof INSTRUCTION;

const SIMD = 0xfd;
const INSTRUCTION = {
  /** `f32x4.relaxed_madd`: 4 multiplications and 4 additions. */
  f32: [SIMD, 0x85, 0x02],
  /** `i32x4.relaxed_dot_i8x16_i7x16_add_s`: 16 multiplications and 16 additions. */
  int8: [SIMD, 0x93, 0x02],
} as const;

/** The accumulators, as many as a kernel's: enough to hide the latency of an instruction. */
const ACCUMULATORS = 12;
/** Times the accumulators are gone through before the loop's counter is looked at. */
const UNROLLED = 8;

/** Operations of one iteration, a multiplication and an addition counted as two. */
export const OPERATIONS_PER_ITERATION = {
  f32: ACCUMULATORS * UNROLLED * 8,
  int8: ACCUMULATORS * UNROLLED * 32,
} as const;

const I32 = 0x7f;
const V128 = 0x7b;
const LOCAL_GET = 0x20;
const LOCAL_SET = 0x21;
const I8X16_SPLAT = [SIMD, 0x0f];
const I32X4_ADD = [SIMD, 0xae, 0x01];
const I32X4_EXTRACT_LANE_0 = [SIMD, 0x1b, 0x00];

/** Locals: the count, the factor's bytes, two vectors of factors, the accumulators. */
const COUNT = 0;
const BYTES = 1;
const LEFT = 2;
const RIGHT = 3;
const FIRST_ACCUMULATOR = 4;

/** Exports `run(iterations, bytes)`; `bytes` fill the factors, so that the compiler knows nothing. */
export function peakModule(loop: PeakLoop): Uint8Array<ArrayBuffer> {
  const accumulators = Array.from({ length: ACCUMULATORS }, (_, i) => FIRST_ACCUMULATOR + i);
  const step = accumulators.flatMap((accumulator) => [
    ...(loop === 'f32'
      ? [LOCAL_GET, LEFT, LOCAL_GET, RIGHT, LOCAL_GET, accumulator]
      : [LOCAL_GET, RIGHT, LOCAL_GET, LEFT, LOCAL_GET, accumulator]),
    ...INSTRUCTION[loop],
    ...[LOCAL_SET, accumulator],
  ]);
  const body = [
    ...[LOCAL_GET, BYTES, ...I8X16_SPLAT, LOCAL_SET, LEFT],
    ...[LOCAL_GET, BYTES, ...I8X16_SPLAT, LOCAL_SET, RIGHT],
    ...[0x03, 0x40], // loop
    ...Array.from({ length: UNROLLED }, () => step).flat(),
    ...[LOCAL_GET, COUNT, 0x41, 1, 0x6b, 0x22, COUNT], // count = count − 1, kept on the stack
    ...[0x0d, 0, 0x0b], // br_if loop; end
    ...[LOCAL_GET, FIRST_ACCUMULATOR],
    ...accumulators.slice(1).flatMap((accumulator) => [LOCAL_GET, accumulator, ...I32X4_ADD]),
    ...I32X4_EXTRACT_LANE_0,
    0x0b,
  ];
  const code = [1, 2 + ACCUMULATORS, V128, ...body];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 2, I32, I32, 1, I32]),
    ...section(3, [1, 0]),
    ...section(7, [1, 3, ...new TextEncoder().encode('run'), 0, 0]),
    ...section(10, [1, ...unsigned(code.length), ...code]),
  ]);
}

const section = (id: number, content: readonly number[]): number[] => [
  id,
  ...unsigned(content.length),
  ...content,
];

/** LEB128 */
function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}
