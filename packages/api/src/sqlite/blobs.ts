/** Numbers as a blob, without a copy. */
export const blobOf = ({
  buffer,
  byteOffset,
  byteLength,
}: Float32Array | Uint16Array | Uint32Array) => new Uint8Array(buffer, byteOffset, byteLength);

/** The floats of a blob, whose memory may begin anywhere. */
export function floatsIn(blob: Uint8Array): Float32Array {
  const { buffer, byteOffset, length } = aligned(blob, 4);
  return new Float32Array(buffer, byteOffset, length / 4);
}

/** The row numbers of a blob, whose memory may begin anywhere. */
export function rowsIn(blob: Uint8Array): Uint32Array {
  const { buffer, byteOffset, length } = aligned(blob, 4);
  return new Uint32Array(buffer, byteOffset, length / 4);
}

/** The halves of a blob, whose memory may begin anywhere. */
export function halvesIn(blob: Uint8Array): Uint16Array {
  const { buffer, byteOffset, length } = aligned(blob, 2);
  return new Uint16Array(buffer, byteOffset, length / 2);
}

const aligned = (blob: Uint8Array, bytes: number): Uint8Array =>
  blob.byteOffset % bytes === 0 ? blob : blob.slice();
