import type { ByteReader } from '../byte-reader.ts';
import { type Box, boxes, findBox } from './iso-boxes.ts';

/** What an AVIF's `meta` box says of its items (ISO/IEC 23008-12, ISO/IEC 14496-12). */
export interface AvifMeta {
  readonly primaryItem: number;
  /**
   * Four letters by item: `av01` a coded picture, `grid` one put together from tiles, `Exif`. Where they are
   * `mime`, the media type.
   */
  readonly itemTypes: ReadonlyMap<number, string>;
  /** By an item that describes another, which that is. */
  readonly describes: ReadonlyMap<number, number>;
  /** The boxes in `ipco`; associations count them from 1. */
  readonly properties: readonly Box[];
  /** Indices of an item's properties, in the order of their use. */
  readonly associations: ReadonlyMap<number, readonly number[]>;
  /** Where the bytes of an item lie in the file. */
  readonly extents: ReadonlyMap<number, readonly Extent[]>;
}

export interface Extent {
  readonly at: number;
  readonly length: number;
}

/** @throws ClipError IMAGE_CORRUPT when a box is missing, damaged or cut short. */
export function readAvifMeta(reader: ByteReader, meta: Box): AvifMeta {
  // `meta` is a full box: version and flags come first.
  const child = (type: string): Box => {
    const box = findBox(reader, type, meta.at + 4, meta.end);
    if (box === undefined) throw reader.corrupt(`it has no ${type} box`);
    return box;
  };
  const properties = child('iprp');
  const container = findBox(reader, 'ipco', properties.at, properties.end);
  if (container === undefined) throw reader.corrupt('it has no ipco box');
  const itemData = findBox(reader, 'idat', meta.at + 4, meta.end);
  return {
    primaryItem: primaryItem(reader, child('pitm')),
    itemTypes: itemTypes(reader, child('iinf')),
    describes: descriptions(reader, findBox(reader, 'iref', meta.at + 4, meta.end)),
    properties: [...boxes(reader, container.at, container.end)],
    associations: associations(reader, properties),
    extents: itemExtents(reader, child('iloc'), itemData),
  };
}

function primaryItem(reader: ByteReader, pitm: Box): number {
  return reader.u8(pitm.at) === 0 ? reader.u16be(pitm.at + 4) : reader.u32be(pitm.at + 4);
}

function itemTypes(reader: ByteReader, iinf: Box): Map<number, string> {
  const types = new Map<number, string>();
  const countSize = reader.u8(iinf.at) === 0 ? 2 : 4;
  for (const { type, at, end } of boxes(reader, iinf.at + 4 + countSize, iinf.end)) {
    const version = reader.u8(at);
    if (type !== 'infe' || (version !== 2 && version !== 3)) continue;
    const idSize = version === 2 ? 2 : 4;
    const kindAt = at + 6 + idSize;
    const kind = reader.ascii(kindAt, 4);
    types.set(sized(reader, at + 4, idSize), kind === 'mime' ? mediaType(kindAt + 4, end) : kind);
  }
  return types;

  /** The second of two texts, each ended by 0: the item's name comes first. */
  function mediaType(at: number, end: number): string {
    return reader.ascii(at, Math.max(0, end - at)).split('\0')[1] ?? '';
  }
}

/** The references of type `cdsc`; of one to several items the last counts, as in libavif. */
function descriptions(reader: ByteReader, iref: Box | undefined): Map<number, number> {
  const byItem = new Map<number, number>();
  if (iref === undefined) return byItem;
  const idSize = reader.u8(iref.at) === 0 ? 2 : 4;
  for (const { type, at } of boxes(reader, iref.at + 4, iref.end)) {
    const count = reader.u16be(at + idSize);
    if (type !== 'cdsc' || count === 0) continue;
    const described = sized(reader, at + 2 + idSize * count, idSize);
    byItem.set(sized(reader, at, idSize), described);
  }
  return byItem;
}

function associations(reader: ByteReader, iprp: Box): Map<number, number[]> {
  const byItem = new Map<number, number[]>();
  for (const box of boxes(reader, iprp.at, iprp.end)) {
    if (box.type === 'ipma') addAssociations(reader, box, byItem);
  }
  return byItem;
}

function addAssociations(reader: ByteReader, ipma: Box, byItem: Map<number, number[]>): void {
  const idSize = reader.u8(ipma.at) === 0 ? 2 : 4;
  const wide = (reader.u8(ipma.at + 3) & 1) === 1;
  const count = reader.u32be(ipma.at + 4);
  let at = ipma.at + 8;
  for (let entry = 0; entry < count; entry++) {
    const item = sized(reader, at, idSize);
    const uses = reader.u8(at + idSize);
    at += idSize + 1;
    const indices = byItem.get(item) ?? [];
    for (let use = 0; use < uses; use++, at += wide ? 2 : 1) {
      // The highest bit says whether a reader must know the property.
      indices.push(wide ? reader.u16be(at) & 0x7fff : reader.u8(at) & 0x7f);
    }
    byItem.set(item, indices);
  }
}

function itemExtents(
  reader: ByteReader,
  iloc: Box,
  itemData: Box | undefined,
): Map<number, Extent[]> {
  const byItem = new Map<number, Extent[]>();
  const version = reader.u8(iloc.at);
  const sizes = reader.u16be(iloc.at + 4);
  const [offsetSize, lengthSize] = [(sizes >> 12) & 15, (sizes >> 8) & 15];
  const [baseSize, indexSize] = [(sizes >> 4) & 15, version === 0 ? 0 : sizes & 15];
  let at = iloc.at + 6;
  const read = (size: number): number => {
    const value = sized(reader, at, size);
    at += size;
    return value;
  };

  const itemCount = read(version < 2 ? 2 : 4);
  for (let i = 0; i < itemCount; i++) {
    const item = read(version < 2 ? 2 : 4);
    const method = version === 0 ? 0 : read(2) & 15;
    read(2); // the data reference: libavif takes no other file either
    const base = read(baseSize);
    const extents: Extent[] = [];
    const extentCount = read(2);
    for (let extent = 0; extent < extentCount; extent++) {
      read(indexSize);
      const offset = base + read(offsetSize);
      const start = method === 1 ? (itemData?.at ?? 0) : 0;
      extents.push({ at: start + offset, length: read(lengthSize) });
    }
    byItem.set(item, extents);
    if (at > iloc.end) throw reader.corrupt('its iloc box is longer than it says');
  }
  return byItem;
}

function sized(reader: ByteReader, at: number, size: number): number {
  if (size === 0) return 0;
  if (size === 2) return reader.u16be(at);
  if (size === 4) return reader.u32be(at);
  if (size === 8) return reader.u64be(at);
  throw reader.corrupt(`its iloc box has a field of ${size} bytes`);
}
