import { promisify } from 'node:util';
import { crc32, deflate } from 'node:zlib';
import type { RgbImage } from '@clipql/core';

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const TRUECOLOUR = 2;
/** The filter that stores each sample less the one to its left. */
const SUB = 1;
const CHANNELS = 3;

/**
 * A PNG of 8 bits a channel, with texts (PNG specification, https://www.w3.org/TR/png-3/).
 *
 * @param image of 3 channels.
 * @param texts by keyword, of 1 to 79 letters.
 */
export async function encodePng(
  { width, height, data }: RgbImage,
  texts: Readonly<Record<string, string>>,
): Promise<Buffer> {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, TRUECOLOUR], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    ...Object.entries(texts).map(([keyword, text]) => chunk('iTXt', textData(keyword, text))),
    chunk('IDAT', await promisify(deflate)(filtered(data, width))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Keyword, no compression, no language, no translated keyword, UTF-8. */
const textData = (keyword: string, text: string): Buffer =>
  Buffer.concat([Buffer.from(`${keyword}\0\0\0\0\0`, 'latin1'), Buffer.from(text)]);

/** Each row behind its filter's number. */
function filtered(data: Uint8Array, width: number): Buffer {
  const stride = width * CHANNELS;
  const rows = data.length / stride;
  const bytes = Buffer.alloc(rows * (stride + 1));
  for (let row = 0; row < rows; row++) {
    const [from, to] = [row * stride, row * (stride + 1)];
    bytes[to] = SUB;
    for (let i = 0; i < stride; i++) {
      bytes[to + 1 + i] = data[from + i]! - (i < CHANNELS ? 0 : data[from + i - CHANNELS]!);
    }
  }
  return bytes;
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const bytes = Buffer.alloc(body.length + 8);
  bytes.writeUInt32BE(data.length, 0);
  bytes.set(body, 4);
  bytes.writeUInt32BE(crc32(body), body.length + 4);
  return bytes;
}
