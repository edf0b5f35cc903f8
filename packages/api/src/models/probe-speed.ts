import { type Clip, loadClip, PRECISIONS, type Precision } from '@clipql/core';
import { probeModel } from './probe-model.ts';

/** Passes of each precision that are timed: one of them meets a machine that does little else. */
const PASSES = 8;
/** Passes that do not count: plans are compiled, and the engine optimises the kernels. */
const WARM_UP = 3;

/** Operations a second of an image tower; a multiplication and an addition are two. */
export type MachineSpeed = Readonly<Record<Precision, number>>;

/**
 * How fast this machine runs a Vision Transformer, from two layers of ViT-B/32: the fastest of some passes, one image
 * each. The precisions take turns, so that what else the machine does slows both. It takes about a second.
 *
 * @param threads of a forward pass; the default of `loadClip` unless given.
 */
export async function probeSpeed(threads?: number): Promise<MachineSpeed> {
  const options = threads === undefined ? {} : { threads };
  const load = (precision: Precision) => loadClip(probeModel(), { ...options, precision });
  const clips = { f32: await load('f32'), int8: await load('int8') };
  const fastest = { f32: Number.POSITIVE_INFINITY, int8: Number.POSITIVE_INFINITY };
  try {
    for (let pass = 0; pass < WARM_UP + PASSES; pass++) {
      for (const precision of PRECISIONS) {
        const milliseconds = await passOf(clips[precision]);
        if (pass < WARM_UP) continue;
        fastest[precision] = Math.min(fastest[precision], milliseconds);
      }
    }
  } finally {
    for (const precision of PRECISIONS) clips[precision].dispose();
  }
  const speed = (precision: Precision) =>
    (1000 * clips[precision].imageOperations) / fastest[precision];
  return { f32: speed('f32'), int8: speed('int8') };
}

async function passOf(clip: Clip): Promise<number> {
  const size = clip.info.imageSize;
  const image = { size, data: new Float32Array(3 * size * size).fill(0.5) };
  const start = performance.now();
  await clip.encodeImages([image]);
  return performance.now() - start;
}
