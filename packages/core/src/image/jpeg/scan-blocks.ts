import { ByteReader } from '../byte-reader.ts';
import { headerSegments, type JpegHeader, nextMarker } from './jpeg-file.ts';

/** Markers (ITU-T T.81, table B.1), without the 0xff before them. */
const DHT = 0xc4;
const DRI = 0xdd;
const RST0 = 0xd0;

/** A Huffman table as the decoding procedure of ITU-T T.81, F.2.2.3 has it, by the length of a code. */
interface HuffmanTable {
  /** The largest code; -1 where there is none. */
  readonly largest: Int32Array;
  /** What to add to a code for its symbol's index. */
  readonly offset: Int32Array;
  readonly symbols: Uint8Array;
}

/** What a scan's data is read with. */
interface Scan {
  /** The tables of each block of a minimum coded unit. */
  readonly blocks: readonly { readonly dc: HuffmanTable; readonly ac: HuffmanTable }[];
  /** Minimum coded units between two restart markers; 0 where there are none. */
  readonly restartInterval: number;
  /** Offset of the data. */
  readonly at: number;
}

/**
 * Whether the data of a sequential JPEG's only scan has all of its blocks. Decoders paint grey what is
 * missing, so that the picture does not show it. Codes are read, and no coefficient is made of them.
 *
 * Zeros at a file's end are data where they are needed to the last byte. Otherwise a disk or a network left
 * them there, in place of what may have been data.
 *
 * @param bytes - as `readJpegFile` gives them, ended by EOI
 */
export function hasAllBlocks(bytes: Uint8Array, header: JpegHeader): boolean {
  const scan = readScan(bytes, header);
  if (scan === undefined) return false;
  const data = new EntropyCodedData(bytes, scan.at);
  const units = unitsOf(header);
  for (let unit = 0; unit < units; unit++) {
    const isRestart = scan.restartInterval > 0 && unit > 0 && unit % scan.restartInterval === 0;
    if (isRestart && !data.skipRestart((unit / scan.restartInterval - 1) % 8)) return false;
    for (const { dc, ac } of scan.blocks) if (!data.skipBlock(dc, ac)) return false;
  }
  return data.end === bytes.length - 2 || data.end <= contentEnd(bytes);
}

function readScan(bytes: Uint8Array, { components, factors }: JpegHeader): Scan | undefined {
  const reader = new ByteReader(bytes, 'JPEG');
  const tables = new Map<number, HuffmanTable>();
  let restartInterval = 0;
  let tablesEnd = 2;
  for (const { marker, at, end } of headerSegments(reader)) {
    if (marker === DHT) addTables(bytes.subarray(at + 4, end), tables);
    if (marker === DRI) restartInterval = reader.u16be(at + 4);
    tablesEnd = end;
  }
  const sos = nextMarker(reader, tablesEnd);
  const blocks: Scan['blocks'][number][] = [];
  for (const [i, { horizontal, vertical }] of factors.entries()) {
    const chosen = reader.u8(sos + 6 + 2 * i);
    const [dc, ac] = [tables.get(chosen >> 4), tables.get(0x10 | (chosen & 15))];
    if (dc === undefined || ac === undefined) return undefined;
    // A scan of one component has its blocks one by one, whatever its factors.
    const count = components === 1 ? 1 : horizontal * vertical;
    for (let block = 0; block < count; block++) blocks.push({ dc, ac });
  }
  return { blocks, restartInterval, at: sos + 2 + reader.u16be(sos + 2) };
}

/** Offset behind the last byte before EOI that is not zero. */
function contentEnd(bytes: Uint8Array): number {
  let end = bytes.length - 2;
  while (bytes[end - 1] === 0) end--;
  return end;
}

/** Minimum coded units: 8 × 8 samples of the component that has the fewest. */
function unitsOf({ width, height, components, factors }: JpegHeader): number {
  const most = (side: 'horizontal' | 'vertical') =>
    components === 1 ? 1 : Math.max(...factors.map((factor) => factor[side]));
  return Math.ceil(width / (8 * most('horizontal'))) * Math.ceil(height / (8 * most('vertical')));
}

/** Adds the tables of a DHT segment by class and destination, a byte as the segment has it. */
function addTables(segment: Uint8Array, tables: Map<number, HuffmanTable>): void {
  for (let at = 0; at + 17 <= segment.length; ) {
    const lengths = segment.subarray(at + 1, at + 17);
    const total = lengths.reduce((sum, count) => sum + count, 0);
    const largest = new Int32Array(17).fill(-1);
    const offset = new Int32Array(17);
    let code = 0;
    let symbol = 0;
    for (const [i, count] of lengths.entries()) {
      offset[i + 1] = symbol - code;
      code += count;
      symbol += count;
      if (count > 0) largest[i + 1] = code - 1;
      code *= 2;
    }
    const symbols = segment.subarray(at + 17, at + 17 + total);
    tables.set(segment[at]!, { largest, offset, symbols });
    at += 17 + total;
  }
}

/** Bits of a scan, the highest of a byte first, without the zero bytes behind 0xff. */
class EntropyCodedData {
  readonly #bytes: Uint8Array;
  #at: number;
  #byte = 0;
  #bitsLeft = 0;
  #isOver = false;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** Offset behind what has been read. */
  get end(): number {
    return this.#at;
  }

  /** Reads over the codes of a block; false where the data ends within it or is damaged. */
  skipBlock(dc: HuffmanTable, ac: HuffmanTable): boolean {
    this.#skipBits(this.#symbol(dc) & 15);
    for (let coefficient = 1; coefficient < 64 && !this.#isOver; coefficient++) {
      const symbol = this.#symbol(ac);
      const [zeros, bits] = [symbol >> 4, symbol & 15];
      if (bits === 0 && zeros < 15) break;
      coefficient += zeros;
      this.#skipBits(bits);
    }
    return !this.#isOver;
  }

  /** Reads over a restart marker, which is where the next byte begins. */
  skipRestart(index: number): boolean {
    this.#bitsLeft = 0;
    while (this.#bytes[this.#at] === 0xff && this.#bytes[this.#at + 1] === 0xff) this.#at++;
    const found = this.#bytes[this.#at] === 0xff && this.#bytes[this.#at + 1] === RST0 + index;
    this.#at += 2;
    return found;
  }

  #symbol({ largest, offset, symbols }: HuffmanTable): number {
    let code = 0;
    for (let length = 1; length <= 16; length++) {
      code = 2 * code + this.#bit();
      if (code <= largest[length]!) return symbols[code + offset[length]!] ?? 0;
    }
    this.#isOver = true;
    return 0;
  }

  #skipBits(count: number): void {
    for (let i = 0; i < count; i++) this.#bit();
  }

  #bit(): number {
    if (this.#bitsLeft === 0) this.#nextByte();
    this.#bitsLeft--;
    return (this.#byte >> this.#bitsLeft) & 1;
  }

  #nextByte(): void {
    const byte = this.#bytes[this.#at];
    const isMarker = byte === 0xff && this.#bytes[this.#at + 1] !== 0;
    if (byte === undefined || isMarker) this.#isOver = true;
    else this.#at += byte === 0xff ? 2 : 1;
    this.#byte = byte ?? 0;
    this.#bitsLeft = 8;
  }
}
