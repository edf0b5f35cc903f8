/** What `writeGif` makes a file of. */
export interface GifContent {
  readonly screen: readonly [width: number, height: number];
  readonly frame: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  };
  /** RGB, 2 to 256 entries, a power of two. */
  readonly palette?: readonly (readonly [number, number, number])[];
  /** Of the frame alone. */
  readonly localPalette?: readonly (readonly [number, number, number])[];
  readonly transparent?: number;
  readonly interlaced?: boolean;
  /** Palette indices in the order of the file; as many as wanted, even too few. */
  readonly indices: readonly number[];
}

/** Writes a GIF of 8-bit codes that never grow: a clear code comes before the table does. */
export function writeGif(content: GifContent): Uint8Array {
  const { screen, frame, palette, localPalette, transparent } = content;
  const control = transparent === undefined ? [] : [0x21, 0xf9, 4, 1, 0, 0, transparent, 0];
  return Uint8Array.from([
    ...Buffer.from('GIF89a'),
    ...screen.flatMap(u16),
    flagsOf(palette),
    0,
    0,
    ...(palette?.flat() ?? []),
    ...control,
    0x2c,
    ...[frame.x, frame.y, frame.width, frame.height].flatMap(u16),
    flagsOf(localPalette) | (content.interlaced ? 0x40 : 0),
    ...(localPalette?.flat() ?? []),
    8,
    ...blocks(lzw(content.indices)),
    0x3b,
  ]);
}

const u16 = (value: number): number[] => [value & 255, value >> 8];

function flagsOf(palette: readonly unknown[] | undefined): number {
  return palette === undefined ? 0 : 0x80 | (Math.log2(palette.length) - 1);
}

/** 9-bit codes, lowest bit first. */
function lzw(indices: readonly number[]): number[] {
  const [clear, end] = [256, 257];
  const codes = indices.flatMap((index, i) => (i % 200 === 0 ? [clear, index] : [index]));
  const bits = [...codes, end].flatMap((code) =>
    Array.from({ length: 9 }, (_, i) => (code >> i) & 1),
  );
  return Array.from({ length: Math.ceil(bits.length / 8) }, (_, byte) =>
    bits.slice(byte * 8, byte * 8 + 8).reduce((value, bit, i) => value | (bit << i), 0),
  );
}

/** Sub-blocks of at most 255 bytes, an empty one at the end. */
function blocks(bytes: readonly number[]): number[] {
  const result = [];
  for (let at = 0; at < bytes.length; at += 255) {
    const block = bytes.slice(at, at + 255);
    result.push(block.length, ...block);
  }
  return [...result, 0];
}
