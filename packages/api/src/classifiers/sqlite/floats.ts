/** A vector as a blob. */
export const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** The vector of a blob, whose memory may begin anywhere. */
export function floatsOf(blob: Uint8Array): Float32Array {
  const { buffer, byteOffset, length } = blob.byteOffset % 4 === 0 ? blob : blob.slice();
  return new Float32Array(buffer, byteOffset, length / 4);
}
