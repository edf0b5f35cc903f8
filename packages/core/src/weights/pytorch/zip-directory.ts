/**
 * The part of the ZIP format that PyTorch writes: entries that are stored, so that their bytes are read where they
 * lie. The code in a TorchScript archive is compressed, and not read.
 *
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */

import { grouped } from '../../errors.ts';
import type { ByteSource } from '../byte-source.ts';
import { pytorchFault } from './fault.ts';

/** Where the bytes of an entry lie. */
export interface ZipEntry {
  /** Counted from the start of the file. */
  readonly offset: number;
  /** As it lies there. */
  readonly length: number;
  readonly crc32: number;
  readonly isCompressed: boolean;
}

const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const END64_LOCATOR_SIGNATURE = 0x07064b50;
const END64_LOCATOR_BYTES = 20;
const END64_SIGNATURE = 0x06064b50;
const END64_BYTES = 56;
const CENTRAL_SIGNATURE = 0x02014b50;
const CENTRAL_BYTES = 46;
const LOCAL_SIGNATURE = 0x04034b50;
const LOCAL_BYTES = 30;
const ZIP64_EXTRA = 1;
const IN_ZIP64 = 0xffffffff;

/** A checkpoint has one entry a tensor and a few more. */
const MAX_ENTRIES = 100_000;
const MAX_DIRECTORY_BYTES = 64 * 1024 * 1024;

interface Directory {
  readonly offset: number;
  readonly length: number;
  readonly entries: number;
}

/**
 * The entries of an archive by name, in the order of the directory.
 *
 * @throws ClipError WEIGHTS_INVALID where the archive is malformed, encrypted, split, has a
 *   comment, or entries that overlap.
 */
export async function readZipDirectory(source: ByteSource): Promise<ReadonlyMap<string, ZipEntry>> {
  const directory = await findDirectory(source);
  const view = await readView(source, directory.offset, directory.length);
  const entries = new Map<string, ZipEntry>();
  let position = 0;
  for (let i = 0; i < directory.entries; i++) {
    const central = centralEntry(view, position);
    const { name, end, ...where } = central;
    if (entries.has(name)) throw pytorchFault(`two entries of the name ${JSON.stringify(name)}`);
    entries.set(name, await locate(source, where, name));
    position = end;
  }
  if (position !== directory.length)
    throw pytorchFault('its directory has bytes that belong to no entry');
  checkApart(entries, directory.offset);
  return entries;
}

async function findDirectory(source: ByteSource): Promise<Directory> {
  if (source.size < END_BYTES) throw pytorchFault(`truncated: ${grouped(source.size)} bytes`);
  const endOffset = source.size - END_BYTES;
  const end = await readView(source, endOffset, END_BYTES);
  if (end.getUint32(0, true) !== END_SIGNATURE) {
    throw pytorchFault('truncated: the directory at the end of the archive is missing');
  }
  if (end.getUint16(4, true) !== 0 || end.getUint16(6, true) !== 0) {
    throw pytorchFault('an archive in one part was expected');
  }
  const directory = (await directory64(source, endOffset)) ?? {
    entries: end.getUint16(10, true),
    length: end.getUint32(12, true),
    offset: end.getUint32(16, true),
  };
  const { offset, length, entries } = directory;
  if (offset + length > endOffset || length > MAX_DIRECTORY_BYTES || entries > MAX_ENTRIES) {
    throw pytorchFault(
      `a directory of ${grouped(entries)} entries in ${grouped(length)} bytes at ${grouped(offset)} does not fit`,
    );
  }
  return directory;
}

/** Archives above 4 GB, and PyTorch's smaller ones too, have a second, wider end record. */
async function directory64(source: ByteSource, endOffset: number): Promise<Directory | undefined> {
  const locatorOffset = endOffset - END64_LOCATOR_BYTES;
  if (locatorOffset < END64_BYTES) return undefined;
  const locator = await readView(source, locatorOffset, END64_LOCATOR_BYTES);
  if (locator.getUint32(0, true) !== END64_LOCATOR_SIGNATURE) return undefined;
  const offset = wide(locator, 8);
  if (offset > locatorOffset - END64_BYTES)
    throw pytorchFault('its end record lies beyond its end');
  const end = await readView(source, offset, END64_BYTES);
  if (end.getUint32(0, true) !== END64_SIGNATURE) throw pytorchFault('its end record is damaged');
  return { entries: wide(end, 32), length: wide(end, 40), offset: wide(end, 48) };
}

interface CentralEntry {
  readonly name: string;
  readonly headerOffset: number;
  readonly length: number;
  readonly crc32: number;
  readonly method: number;
}

function centralEntry(view: DataView, start: number): CentralEntry & { readonly end: number } {
  if (
    start + CENTRAL_BYTES > view.byteLength ||
    view.getUint32(start, true) !== CENTRAL_SIGNATURE
  ) {
    throw pytorchFault('its directory is damaged');
  }
  const flags = view.getUint16(start + 8, true);
  const method = view.getUint16(start + 10, true);
  const nameLength = view.getUint16(start + 28, true);
  const extraLength = view.getUint16(start + 30, true);
  const nameStart = start + CENTRAL_BYTES;
  const extraStart = nameStart + nameLength;
  const end = extraStart + extraLength + view.getUint16(start + 32, true);
  if (end > view.byteLength) throw pytorchFault('its directory is damaged');
  const name = nameOf(view, nameStart, nameLength);
  if ((flags & 1) !== 0) throw pytorchFault(`entry ${name} is encrypted`);

  const narrow = [20, 24, 42].map((field) => view.getUint32(start + field, true));
  const [compressed, length, headerOffset] = widened(view, narrow, extraStart, extraLength);
  if (method === 0 && compressed !== length) throw pytorchFault(`entry ${name} has two lengths`);
  return {
    name,
    method,
    length: compressed!,
    headerOffset: headerOffset!,
    crc32: view.getUint32(start + 16, true),
    end,
  };
}

/** Compressed length, length and offset; those too large for 32 bits are in the extra field, in order. */
function widened(
  view: DataView,
  [compressed, length, offset]: readonly number[],
  start: number,
  bytes: number,
): readonly number[] {
  // The extra field has the length first.
  const fields = [length!, compressed!, offset!];
  if (fields.includes(IN_ZIP64)) {
    let place = zip64Field(view, start, bytes);
    for (const [i, field] of fields.entries()) {
      if (field !== IN_ZIP64) continue;
      if (place.start + 8 > place.end) throw pytorchFault('its directory is damaged');
      fields[i] = wide(view, place.start);
      place = { start: place.start + 8, end: place.end };
    }
  }
  return [fields[1]!, fields[0]!, fields[2]!];
}

function zip64Field(view: DataView, start: number, bytes: number): { start: number; end: number } {
  for (let at = start; at + 4 <= start + bytes; ) {
    const end = at + 4 + view.getUint16(at + 2, true);
    if (end > start + bytes) break;
    if (view.getUint16(at, true) === ZIP64_EXTRA) return { start: at + 4, end };
    at = end;
  }
  throw pytorchFault('its directory is damaged');
}

/** The local header says where the bytes begin: its extra field, with PyTorch's padding, is its own. */
async function locate(
  source: ByteSource,
  { headerOffset, length, crc32, method }: Omit<CentralEntry, 'name'>,
  name: string,
): Promise<ZipEntry> {
  if (headerOffset + LOCAL_BYTES > source.size)
    throw pytorchFault(`entry ${name} lies beyond the end`);
  const header = await readView(source, headerOffset, LOCAL_BYTES);
  if (header.getUint32(0, true) !== LOCAL_SIGNATURE || header.getUint16(8, true) !== method) {
    throw pytorchFault(`the header of entry ${name} is damaged`);
  }
  const nameLength = header.getUint16(26, true);
  const offset = headerOffset + LOCAL_BYTES + nameLength + header.getUint16(28, true);
  if (offset + length > source.size)
    throw pytorchFault(`truncated: entry ${name} lies beyond the end`);
  const local = await readView(source, headerOffset + LOCAL_BYTES, nameLength);
  if (nameOf(local, 0, nameLength) !== name) throw pytorchFault(`entry ${name} has two names`);
  return { offset, length, crc32, isCompressed: method !== 0 };
}

function checkApart(entries: ReadonlyMap<string, ZipEntry>, directoryOffset: number): void {
  let end = 0;
  for (const { offset, length } of [...entries.values()].sort((a, b) => a.offset - b.offset)) {
    if (offset < end) throw pytorchFault('its entries overlap');
    end = offset + length;
  }
  if (end > directoryOffset) throw pytorchFault('its entries overlap its directory');
}

function nameOf(view: DataView, start: number, length: number): string {
  if (length > 512) throw pytorchFault('an entry has a name of more than 512 bytes');
  const name = new TextDecoder().decode(
    new Uint8Array(view.buffer, view.byteOffset + start, length),
  );
  if (/[^ -~]/.test(name)) throw pytorchFault('an entry has a name that is not plain ASCII');
  return name;
}

function wide(view: DataView, offset: number): number {
  const value = Number(view.getBigUint64(offset, true));
  if (!Number.isSafeInteger(value)) throw pytorchFault('a length in it is beyond all files');
  return value;
}

async function readView(source: ByteSource, offset: number, length: number): Promise<DataView> {
  const bytes = new Uint8Array(length);
  await source.read(offset, bytes);
  return new DataView(bytes.buffer);
}
