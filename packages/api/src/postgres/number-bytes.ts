/** Numbers as a `bytea` holds them, little-endian, without a copy. */
export const numbersAsBytes = ({
  buffer,
  byteOffset,
  byteLength,
}: Float32Array | Uint32Array): Uint8Array => new Uint8Array(buffer, byteOffset, byteLength);

/** A copy, in memory of its own. */
export const bytesAsFloats = (bytes: Uint8Array): Float32Array =>
  new Float32Array(new Uint8Array(bytes).buffer);

/** A copy, in memory of its own. */
export const bytesAsRows = (bytes: Uint8Array): Uint32Array =>
  new Uint32Array(new Uint8Array(bytes).buffer);
