/** Reads bits, the highest first. Behind the end are zeros: the caller checks `overrun`. */
class BitReader {
  readonly #bytes: Uint8Array;
  #bit = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get overrun(): boolean {
    return this.#bit > this.#bytes.length * 8;
  }

  read(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++, this.#bit++) {
      value = value * 2 + (((this.#bytes[this.#bit >> 3] ?? 0) >> (7 - (this.#bit & 7))) & 1);
    }
    return value;
  }

  flag(): boolean {
    return this.read(1) === 1;
  }

  /** A variable-length number (AV1 specification, 4.10.3), passed over. */
  skipUvlc(): void {
    let zeros = 0;
    while (!this.flag() && zeros < 32) zeros++;
    if (zeros < 32) this.read(zeros);
  }
}

/**
 * The largest frame that an AV1 sequence header allows (AV1 specification, 5.5.1): what a decoder
 * may allocate, whatever the file around it says.
 *
 * @param payload - of an OBU of type OBU_SEQUENCE_HEADER
 * @returns nothing when the header is cut short
 */
export function largestAv1Frame(
  payload: Uint8Array,
): { width: number; height: number } | undefined {
  const bits = new BitReader(payload);
  bits.read(4); // seq_profile, still_picture
  const reduced = bits.flag();
  if (reduced) bits.read(5);
  else skipOperatingPoints(bits);
  const widthBits = bits.read(4) + 1;
  const heightBits = bits.read(4) + 1;
  const width = bits.read(widthBits) + 1;
  const height = bits.read(heightBits) + 1;
  return bits.overrun ? undefined : { width, height };
}

function skipOperatingPoints(bits: BitReader): void {
  let decoderModel: { delayBits: number } | undefined;
  const hasTiming = bits.flag();
  if (hasTiming) {
    bits.read(64);
    const equalPictureInterval = bits.flag();
    if (equalPictureInterval) bits.skipUvlc();
    const hasDecoderModel = bits.flag();
    if (hasDecoderModel) {
      decoderModel = { delayBits: bits.read(5) + 1 };
      bits.read(32 + 5 + 5);
    }
  }
  const hasDisplayDelay = bits.flag();
  const points = bits.read(5) + 1;
  for (let point = 0; point < points; point++) {
    bits.read(12);
    const level = bits.read(5);
    if (level > 7) bits.read(1);
    if (decoderModel && bits.flag()) bits.read(2 * decoderModel.delayBits + 1);
    if (hasDisplayDelay && bits.flag()) bits.read(4);
  }
}
