import { ClipError } from '../errors.ts';
import type { ByteSource } from './byte-source.ts';
import { readStateDict } from './pytorch/state-dict.ts';
import { readSafetensorsHeader } from './safetensors.ts';
import type { TensorEntry } from './tensor-entry.ts';

/** A file of weights, and where its tensors lie. */
export interface Checkpoint {
  readonly source: ByteSource;
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  /** Whether a training run of open_clip saved it, beside the state of its optimizer. */
  readonly isTraining: boolean;
}

/** @throws ClipError WEIGHTS_INVALID when the file is no sound checkpoint. */
export const openCheckpoint = async (source: ByteSource): Promise<Checkpoint> => ({
  source,
  ...(await readEntries(source)),
});

const ZIP = [0x50, 0x4b, 0x03, 0x04];
/** A pickle of protocol 2 that begins with a number of ten bytes. */
const OLD_PYTORCH = [0x80, 0x02, 0x8a, 0x0a];
/** What Git leaves in place of a large file where Git LFS is not installed. */
const LFS_POINTER = new TextEncoder().encode('version https://git-lfs');

/**
 * What the first bytes say the file is: a ZIP is PyTorch's, a pickle is PyTorch's before 1.6, and all
 * else has to be safetensors.
 */
async function readEntries(source: ByteSource): Promise<Omit<Checkpoint, 'source'>> {
  const start = new Uint8Array(Math.min(LFS_POINTER.length, source.size));
  await source.read(0, start);
  const begins = (magic: ArrayLike<number>) =>
    Array.from(magic).every((byte, i) => start[i] === byte);
  if (begins(ZIP)) return readStateDict(source);
  if (begins(OLD_PYTORCH)) {
    throw new ClipError(
      'WEIGHTS_INVALID',
      'weights are in the form that PyTorch wrote before version 1.6, which ClipQL does not read: ' +
        'save them as safetensors',
    );
  }
  if (begins(LFS_POINTER)) {
    throw new ClipError(
      'WEIGHTS_INVALID',
      'expected weights, got the pointer of Git LFS that stands for them: `git lfs pull` fetches the file',
    );
  }
  return { tensors: await readSafetensorsHeader(source), isTraining: false };
}
