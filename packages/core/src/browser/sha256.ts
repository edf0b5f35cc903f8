/**
 * SHA-256 of bytes that arrive in parts (FIPS 180-4), which a browser's own digest wants all at once, and
 * gives to secure pages only.
 */
export class Sha256 {
  readonly #state = Uint32Array.of(...rootBits(8, 1 / 2));
  readonly #block = new Uint8Array(64);
  readonly #words = new Uint32Array(64);
  #length = 0;

  update(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      const filled = this.#length % 64;
      const part = bytes.subarray(at, at + 64 - filled);
      this.#block.set(part, filled);
      this.#length += part.length;
      at += part.length;
      if (filled + part.length === 64) this.#compress();
    }
  }

  /** @returns the hash in hexadecimal; nothing is to be fed after that. */
  digest(): string {
    const bits = this.#length * 8;
    const padding = new Uint8Array(((119 - (this.#length % 64)) % 64) + 1 + 8);
    padding[0] = 0x80;
    const view = new DataView(padding.buffer);
    view.setUint32(padding.length - 8, Math.floor(bits / 2 ** 32));
    view.setUint32(padding.length - 4, bits % 2 ** 32);
    this.update(padding);
    return [...this.#state].map((word) => word.toString(16).padStart(8, '0')).join('');
  }

  #compress(): void {
    const words = this.#words;
    const view = new DataView(this.#block.buffer);
    for (let i = 0; i < 16; i++) words[i] = view.getUint32(i * 4);
    for (let i = 16; i < 64; i++) {
      const [early, late] = [words[i - 15]!, words[i - 2]!];
      const sigma0 = turned(early, 7) ^ turned(early, 18) ^ (early >>> 3);
      const sigma1 = turned(late, 17) ^ turned(late, 19) ^ (late >>> 10);
      words[i] = words[i - 16]! + sigma0 + words[i - 7]! + sigma1;
    }
    let [a, b, c, d, e, f, g, h] = this.#state as unknown as Eight;
    for (let i = 0; i < 64; i++) {
      const sum1 = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
      const first = (h + sum1 + ((e & f) ^ (~e & g)) + ROUNDS[i]! + words[i]!) | 0;
      const sum0 = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22);
      const second = (sum0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + first) | 0;
      d = c;
      c = b;
      b = a;
      a = (first + second) | 0;
    }
    for (const [i, word] of [a, b, c, d, e, f, g, h].entries()) this.#state[i]! += word;
  }
}

type Eight = [number, number, number, number, number, number, number, number];

const turned = (word: number, bits: number): number => (word >>> bits) | (word << (32 - bits));

const ROUNDS = Uint32Array.of(...rootBits(64, 1 / 3));

/** The first 32 bits of the fractions of the primes' roots. */
function rootBits(count: number, power: number): number[] {
  const bits: number[] = [];
  for (let n = 2; bits.length < count; n++) {
    if (Array.from({ length: n - 2 }, (_, i) => i + 2).some((divisor) => n % divisor === 0))
      continue;
    bits.push(Math.floor((n ** power % 1) * 2 ** 32));
  }
  return bits;
}
