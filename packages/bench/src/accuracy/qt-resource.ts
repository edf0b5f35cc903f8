import { inflateSync } from 'node:zlib';
import { BenchError } from '../kit/errors.ts';

const MAGIC = 0x71726573;
const COMPRESSED = 1;
const DIRECTORY = 2;
const ZSTD = 4;

/**
 * Reads one file out of a Qt resource file (`.rcc`), in which KDE's programs keep their images.
 *
 * After `qres` come the version and the offsets of tree, data and names, all big-endian u32. A node of
 * the tree has the offset of its name (u32), flags (u16) and, for a directory, the number and the first
 * of its children, for a file a locale and the offset of its data (u32 each); from version 2 on also a
 * time (8 bytes). Data is a length (u32) and that many bytes; if compressed, the plain length and a
 * zlib stream. A name is a length (u16), a hash (u32) and UTF-16.
 *
 * @param path folders and file, with `/` between.
 * @see qresource.cpp in qtbase
 * @throws BenchError FILE_NOT_FOUND for a path that is not in it, CASE_INVALID for another file.
 */
export function readQtResource(file: string, bytes: Uint8Array, path: string): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 20 || view.getUint32(0) !== MAGIC) {
    throw new BenchError('CASE_INVALID', `${file}: expected a Qt resource file`);
  }
  const [version, tree, data, names] = [4, 8, 12, 16].map((at) => view.getUint32(at)) as Header;
  const nodeBytes = version >= 2 ? 22 : 14;
  const nodeAt = (index: number) => tree + index * nodeBytes;
  const flagsOf = (node: number) => view.getUint16(node + 4);
  const nameOf = (node: number) => {
    const at = names + view.getUint32(node);
    const units = Array.from({ length: view.getUint16(at) }, (_, i) =>
      view.getUint16(at + 6 + 2 * i),
    );
    return String.fromCharCode(...units);
  };
  const missing = new BenchError('FILE_NOT_FOUND', `${file}: ${path} is not in it`);
  let node = nodeAt(0);
  for (const name of path.split('/')) {
    if ((flagsOf(node) & DIRECTORY) === 0) throw missing;
    const [count, first] = [view.getUint32(node + 6), view.getUint32(node + 10)];
    const children = Array.from({ length: count }, (_, i) => nodeAt(first + i));
    const child = children.find((one) => nameOf(one) === name);
    if (child === undefined) throw missing;
    node = child;
  }
  if ((flagsOf(node) & (DIRECTORY | ZSTD)) !== 0) throw missing;
  const start = data + view.getUint32(node + 10);
  const content = bytes.subarray(start + 4, start + 4 + view.getUint32(start));
  return (flagsOf(node) & COMPRESSED) === 0 ? content : inflateSync(content.subarray(4));
}

type Header = [version: number, tree: number, data: number, names: number];
