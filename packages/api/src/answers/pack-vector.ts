/** A vector in bytes, and what brings it back. */
export interface PackedVector {
  readonly bytes: Uint8Array;
  /** What each of the bytes is multiplied by, for {@link packInt8}. */
  readonly scale?: number;
}

/** Four bytes a value, little-endian. */
export function packFloat32(vector: Float32Array): PackedVector {
  const bytes = new Uint8Array(4 * vector.length);
  const view = new DataView(bytes.buffer);
  vector.forEach((value, i) => {
    view.setFloat32(4 * i, value, true);
  });
  return { bytes };
}

/** A signed byte a value: round(value / scale), where the scale makes the largest of them ±127. */
export function packInt8(vector: Float32Array): PackedVector {
  const largest = vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const scale = largest / 127;
  const values = Int8Array.from(vector, (value) => Math.round(value / (scale || 1)));
  return { bytes: new Uint8Array(values.buffer), scale };
}

/** A bit a value, 1 where it is above 0; the first is the highest bit of the first byte. */
export function packBinary(vector: Float32Array): PackedVector {
  const bytes = new Uint8Array(Math.ceil(vector.length / 8));
  vector.forEach((value, i) => {
    if (value > 0) bytes[i >> 3]! |= 0x80 >> (i & 7);
  });
  return { bytes };
}

export const toBase64 = ({ bytes }: PackedVector): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
