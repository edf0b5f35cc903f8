import { type Clip, loadClip, PRECISIONS, type Precision } from '@clipql/core';
import { probeModel } from './probe-model.ts';

/** For how long a precision is timed, in milliseconds, once it is warm. */
const PATIENCE_MS = 250;
/** Passes that do not count: plans are compiled, and the engine optimises the kernels. */
const WARM_UP = 3;

/** Operations a second of an image tower; a multiplication and an addition are two. */
export type MachineSpeed = Readonly<Record<Precision, number>>;

/**
 * How fast this machine runs a Vision Transformer, from two layers of ViT-B/32: the fastest of some passes, one image
 * each. It takes about a second.
 *
 * @param threads of a forward pass; the default of `loadClip` unless given.
 */
export async function probeSpeed(threads?: number): Promise<MachineSpeed> {
  const speeds: [Precision, number][] = [];
  for (const precision of PRECISIONS) {
    const options = { precision, ...(threads !== undefined && { threads }) };
    const clip = await loadClip(probeModel(), options);
    try {
      speeds.push([precision, await speedOf(clip)]);
    } finally {
      clip.dispose();
    }
  }
  return Object.fromEntries(speeds) as Record<Precision, number>;
}

async function speedOf(clip: Clip): Promise<number> {
  const size = clip.info.imageSize;
  const image = { size, data: new Float32Array(3 * size * size).fill(0.5) };
  for (let i = 0; i < WARM_UP; i++) await clip.encodeImages([image]);
  let fastest = Number.POSITIVE_INFINITY;
  const end = performance.now() + PATIENCE_MS;
  do {
    const start = performance.now();
    await clip.encodeImages([image]);
    fastest = Math.min(fastest, performance.now() - start);
  } while (performance.now() < end);
  return (1000 * clip.imageOperations) / fastest;
}
