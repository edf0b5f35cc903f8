import { pytorchFault } from './fault.ts';

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** The bytes of a pickle, read from first to last: codes of instructions, and what follows them. */
export class PickleBytes {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  i32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  u64(): number {
    return safe(this.#view.getBigUint64(this.#take(8), true));
  }

  f64(): number {
    // The one field of a pickle whose most significant byte comes first.
    return this.#view.getFloat64(this.#take(8), false);
  }

  /** A whole number of so many bytes, the least significant first, in two's complement. */
  long(length: number): number {
    if (length > 8) throw pytorchFault('a number in its pickle is beyond all sizes');
    const start = this.#take(length);
    let value = 0n;
    for (let i = 0; i < length; i++) value |= BigInt(this.#bytes[start + i]!) << BigInt(8 * i);
    return safe(BigInt.asIntN(8 * Math.max(1, length), value));
  }

  text(length: number): string {
    const start = this.#take(length);
    try {
      return UTF8.decode(this.#bytes.subarray(start, start + length));
    } catch (cause) {
      throw pytorchFault('a text in its pickle is not UTF-8', cause);
    }
  }

  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#position);
    if (end === -1) throw pytorchFault('truncated: its pickle ends within a name');
    const line = this.text(end - this.#position);
    this.#position = end + 1;
    return line;
  }

  #take(length: number): number {
    const start = this.#position;
    if (start + length > this.#bytes.length)
      throw pytorchFault('truncated: its pickle ends too early');
    this.#position = start + length;
    return start;
  }
}

function safe(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number))
    throw pytorchFault('a number in its pickle is beyond all sizes');
  return number;
}
