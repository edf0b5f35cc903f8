/**
 * A checkpoint that nobody stores: the bytes of a safetensors file, made when they are read.
 *
 * @see https://huggingface.co/docs/safetensors
 */
import type { ByteSource } from '@clipql/core';
import { fillWeight } from './recipe.ts';
import type { CheckpointTensor } from './tensor-shapes.ts';

/** A stretch of the file. */
interface Segment {
  /** Its first byte, counted from the start of the file. */
  readonly start: number;
  readonly length: number;
  /** Fills `target` with the segment's bytes from `offset` on, counted from its start. */
  read(offset: number, target: Uint8Array): void;
}

const BYTES = { F32: 4, I64: 8 } as const;
/** Values made at a time: a tensor is never held twice. */
const CHUNK = 1 << 14;

/** The file `model.safetensors` of a checkpoint whose float tensors are filled by the recipe. */
export function recipeWeights(tensors: readonly CheckpointTensor[]): ByteSource {
  const header = headerBytes(tensors);
  const segments: Segment[] = [bytesSegment(0, header)];
  let size = header.length;
  for (const tensor of tensors) {
    segments.push(tensorSegment(size, tensor));
    size += byteLength(tensor);
  }
  return {
    size,
    read: async (offset, target) => {
      if (offset < 0 || offset + target.length > size) {
        throw new RangeError(`expected ${target.length} bytes at ${offset}, the file has ${size}`);
      }
      for (const segment of segments) readOverlap(segment, offset, target);
    },
    close: async () => {},
  };
}

/** Eight bytes of length, then JSON, padded with spaces so that the tensors lie aligned. */
function headerBytes(tensors: readonly CheckpointTensor[]): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  let end = 0;
  for (const tensor of tensors) {
    const begin = end;
    end += byteLength(tensor);
    header[tensor.name] = { dtype: tensor.dtype, shape: tensor.shape, data_offsets: [begin, end] };
  }
  const json = JSON.stringify(header);
  const text = new TextEncoder().encode(json.padEnd(Math.ceil(json.length / 8) * 8));
  const bytes = new Uint8Array(8 + text.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

function tensorSegment(start: number, tensor: CheckpointTensor): Segment {
  if (tensor.dtype === 'F32') {
    return { start, length: byteLength(tensor), read: (...range) => readFloats(tensor, ...range) };
  }
  const positions = BigInt64Array.from({ length: elements(tensor) }, (_, i) => BigInt(i));
  return bytesSegment(start, new Uint8Array(positions.buffer));
}

const bytesSegment = (start: number, bytes: Uint8Array): Segment => ({
  start,
  length: bytes.length,
  read: (offset, target) => target.set(bytes.subarray(offset, offset + target.length)),
});

function readFloats(tensor: CheckpointTensor, offset: number, target: Uint8Array): void {
  const values = new Float32Array(Math.min(CHUNK, elements(tensor)));
  for (let done = 0; done < target.length; ) {
    const position = offset + done;
    const first = Math.floor(position / BYTES.F32);
    fillWeight(tensor.name, tensor.shape, first, values, tensor.recipe);
    const bytes = new Uint8Array(values.buffer, position % BYTES.F32);
    const part = bytes.subarray(0, target.length - done);
    target.set(part, done);
    done += part.length;
  }
}

function readOverlap(segment: Segment, offset: number, target: Uint8Array): void {
  const from = Math.max(segment.start, offset);
  const to = Math.min(segment.start + segment.length, offset + target.length);
  if (from < to) segment.read(from - segment.start, target.subarray(from - offset, to - offset));
}

const elements = ({ shape }: CheckpointTensor): number => shape.reduce((a, b) => a * b, 1);
const byteLength = (tensor: CheckpointTensor): number => elements(tensor) * BYTES[tensor.dtype];
