import { grouped } from '../../errors.ts';
import type { ByteReader } from '../byte-reader.ts';

/** A box of an ISO base media file: where its content lies. */
export interface Box {
  readonly type: string;
  /** Offset of the content. */
  readonly at: number;
  /** Offset behind the content. */
  readonly end: number;
}

/**
 * The boxes between two offsets (ISO/IEC 14496-12, 4.2).
 *
 * @throws ClipError IMAGE_CORRUPT when a box is shorter than its own header or ends behind `end`,
 *   unless `cut` allows the last one to.
 */
export function* boxes(
  reader: ByteReader,
  start: number,
  end: number,
  { cut = false } = {},
): Generator<Box> {
  for (let at = start; at < end; ) {
    let size = reader.u32be(at);
    const type = reader.ascii(at + 4, 4);
    let header = 8;
    if (size === 1) {
      size = reader.u64be(at + 8);
      header = 16;
    } else if (size === 0) {
      size = end - at;
    }
    if (size < header)
      throw reader.corrupt(`its ${type} box at offset ${grouped(at)} has size ${size}`);
    if (at + size > end && !cut) {
      throw reader.corrupt(`its ${type} box at offset ${grouped(at)} reaches beyond what holds it`);
    }
    yield { type, at: at + header, end: Math.min(at + size, end) };
    at += size;
  }
}

/** The first box of a type between two offsets. */
export function findBox(
  reader: ByteReader,
  type: string,
  start: number,
  end: number,
): Box | undefined {
  for (const box of boxes(reader, start, end)) if (box.type === type) return box;
  return undefined;
}
