import { BenchError } from '../kit/errors.ts';

/** An image of a shard: its file and its label. */
export interface ShardImage {
  readonly label: number;
  readonly bytes: Uint8Array;
}

/**
 * The images of a shard, little-endian: u32 count n; n × u32 byte sizes; n × u16 labels; then the n
 * files end to end.
 *
 * @see models/nano/training/data.py, which reads the same files
 * @throws BenchError CASE_INVALID where the sizes and the file do not fit.
 */
export function readShard(file: string, bytes: Uint8Array): readonly ShardImage[] {
  const invalid = (problem: string) => new BenchError('CASE_INVALID', `${file}: ${problem}`);
  if (bytes.length < 4) throw invalid('expected a shard of images, got an empty file');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getUint32(0, true);
  const firstFile = 4 + 6 * count;
  if (firstFile > bytes.length) throw invalid(`expected ${count} images, the file is too short`);
  const images: ShardImage[] = [];
  let start = firstFile;
  for (let i = 0; i < count; i++) {
    const end = start + view.getUint32(4 + 4 * i, true);
    if (end > bytes.length) throw invalid(`image ${i}: expected to end at ${end}, past the file`);
    const label = view.getUint16(4 + 4 * count + 2 * i, true);
    images.push({ label, bytes: bytes.subarray(start, end) });
    start = end;
  }
  return images;
}
