import { jpegCodec } from '../kit/jpeg/jpeg-codec.ts';
import { jpegFile } from '../kit/jpeg/jpeg-file.ts';

/** Start of image, and a comment of four bytes. */
const HEAD = [0xff, 0xd8, 0xff, 0xfe, 0x00, 0x06];

/** A picture in as many files as there are numbers: the same pixels, another comment in each. */
export async function pictures(width: number, height: number): Promise<(number: number) => Buffer> {
  const file = await jpegFile(await jpegCodec(), width, height);
  const template = Buffer.concat([Buffer.from(HEAD), Buffer.alloc(4), file.subarray(2)]);
  return (number) => {
    const copy = Buffer.from(template);
    copy.writeUInt32BE(number, HEAD.length);
    return copy;
  };
}

/** 57 bytes that claim to be a PNG of 65,500 × 65,500 pixels. */
export function imageBomb(): Buffer {
  const header = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
  const size = Buffer.alloc(17);
  size.writeUInt32BE(65_500, 0);
  size.writeUInt32BE(65_500, 4);
  size.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([header, size, Buffer.from('0000000049444154', 'hex'), Buffer.alloc(16)]);
}
