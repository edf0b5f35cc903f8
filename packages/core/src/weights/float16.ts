/**
 * Widens 16-bit floats to float32, exactly.
 *
 * F16 is IEEE 754 binary16: 1 sign, 5 exponent, 10 fraction bits. BF16 is the upper half of a
 * float32.
 */
export function widen(raw: Uint16Array, dtype: 'F16' | 'BF16', target: Float32Array): void {
  const bits = new Uint32Array(target.buffer, target.byteOffset, target.length);
  if (dtype === 'BF16') {
    for (let i = 0; i < raw.length; i++) bits[i] = raw[i]! << 16;
    return;
  }
  const table = binary16Table();
  for (let i = 0; i < raw.length; i++) bits[i] = table[raw[i]!]!;
}

let binary16Bits: Uint32Array | undefined;

/** The float32 bits of all 65,536 binary16 values: a checkpoint has millions, so look them up. */
function binary16Table(): Uint32Array {
  if (binary16Bits !== undefined) return binary16Bits;
  const values = new Float32Array(1 << 16);
  for (let half = 0; half < values.length; half++) {
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 0) values[half] = sign * fraction * 2 ** -24;
    else if (exponent < 0x1f) values[half] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
    else values[half] = fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  }
  binary16Bits = new Uint32Array(values.buffer);
  return binary16Bits;
}
