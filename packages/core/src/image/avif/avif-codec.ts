import type { ImageCodec } from '../codec.ts';
import { startsWith } from '../signature.ts';
import { WasmCodec } from '../wasm-codec.ts';
import { readAvifFile, readAvifHeader } from './avif-file.ts';

const libavif = new WasmCodec(
  () => import('@jsquash/avif/decode.js'),
  '@jsquash/avif/codec/dec/avif_dec.wasm',
  'image/avif',
);

export const avif: ImageCodec<'avif'> = {
  name: 'avif',
  title: 'AVIF',
  mediaTypes: ['image/avif', 'image/avif-sequence'],
  endings: ['.avif', '.avifs'],
  recognizes: (bytes) => startsWith(bytes, 'ftyp', 4) && hasAvifBrand(bytes),
  readHeader: readAvifHeader,
  readFile: readAvifFile,
  load: () => libavif.load(),
  decode: (file) => libavif.decode(file),
};

/** Whether the file type box names a brand of AVIF, as the major or a compatible one. */
function hasAvifBrand(bytes: Uint8Array): boolean {
  const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  const box = bytes.subarray(0, Math.min(size, 1024, bytes.length));
  for (let at = 8; at + 4 <= box.length; at += 4) {
    const isMinorVersion = at === 12;
    if (!isMinorVersion && (startsWith(box, 'avif', at) || startsWith(box, 'avis', at)))
      return true;
  }
  return false;
}
