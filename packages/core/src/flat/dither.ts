/**
 * What is added to each number of a row, in steps, before it is rounded, and taken off its code again: pseudo-random in
 * [−½, ½), the same for all rows.
 *
 * Plain rounding errs in the same direction wherever numbers are alike, so errors add up in some data. With subtractive
 * dither, whatever the row, each error is uniform in [−½, ½) steps and independent of the others (Schuchman, "Dither
 * signals and their effect on quantization noise", 1964).
 *
 * @returns [length].
 */
export function ditherOf(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => (scrambled(i + 1) >>> 8) / 2 ** 24 - 0.5);
}

/** The finalizer of MurmurHash3: neighbours become unrelated. */
function scrambled(value: number): number {
  let bits = Math.imul(value, 0x9e3779b9);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
