/**
 * As much of Node's `Buffer` as jimp's plug-ins use to decode. In browsers there is none, and a
 * package that brings one would be set for the whole page.
 */
class BufferStandIn extends Uint8Array {
  static alloc(length: number): Uint8Array {
    return new BufferStandIn(length);
  }

  readUInt8(at: number): number {
    return this.#view().getUint8(at);
  }

  readUInt16LE(at: number): number {
    return this.#view().getUint16(at, true);
  }

  readUInt32LE(at: number): number {
    return this.#view().getUint32(at, true);
  }

  override toString(_encoding?: string, start = 0, end = this.length): string {
    return String.fromCharCode(...this.subarray(start, end));
  }

  #view(): DataView {
    return new DataView(this.buffer, this.byteOffset, this.byteLength);
  }
}

/**
 * Gives a file to one of jimp's plug-ins as the `Buffer` that it asks for, in browsers as a stand-in
 * that is the global `Buffer` for as long as the plug-in runs: nothing else runs meanwhile.
 */
export function withBuffer<Result>(
  { buffer, byteOffset, byteLength }: Uint8Array,
  decode: (file: Buffer) => Result,
): Result {
  if (globalThis.Buffer !== undefined) {
    return decode(globalThis.Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength));
  }
  const scope = globalThis as { Buffer?: unknown };
  scope.Buffer = BufferStandIn;
  try {
    return decode(
      new BufferStandIn(buffer as ArrayBuffer, byteOffset, byteLength) as unknown as Buffer,
    );
  } finally {
    delete scope.Buffer;
  }
}
