import { loadClip } from '@clipql/core';
import { describeMachine, type Machine } from '../kit/machine.ts';
import { benchModel } from '../kit/models/bench-model.ts';
import { recipeNumbers, recipePixels } from '../kit/models/recipe.ts';
import { atMost, type Claim } from '../kit/reports/claims.ts';
import { median } from '../kit/timing/statistics.ts';

export interface GradientSpeedRequest {
  readonly model: string;
  readonly images: number;
  readonly threads: number;
  /** How often each has its turn. */
  readonly rounds: number;
  /** Forward passes whose time a forward and a backward pass may take. */
  readonly most: number;
}

export interface GradientSpeed extends GradientSpeedRequest {
  /** Medians, of all images together. */
  readonly forwardMs: number;
  readonly gradientMs: number;
  /** gradientMs / forwardMs: how many forward passes a forward and a backward pass take. */
  readonly ratio: number;
  /** The model's memory once it has embedded the images, and once it has had their gradients. */
  readonly forwardMB: number;
  readonly gradientMB: number;
  readonly machine: Machine;
  readonly claims: readonly Claim[];
  readonly passed: boolean;
}

const MEGABYTE = 1e6;

/** Times embedding and gradients of the same images in turns, on backend `wasm` in float32. */
export async function gradientSpeed(request: GradientSpeedRequest): Promise<GradientSpeed> {
  const { model, images, threads, rounds, most } = request;
  const machine = describeMachine();
  const { files } = await benchModel(model);
  const clip = await loadClip(files, { threads });
  try {
    const { imageSize: size, embeddingWidth } = clip.info;
    const pixels = recipePixels(images, size, 0).map((data) => ({ size, data }));
    const targets = [{ embedding: Float32Array.from(recipeNumbers('target', embeddingWidth, 0)) }];
    const forward = () => clip.encodeImages(pixels);
    const gradient = () => clip.imageGradient(pixels, targets);
    await forward();
    const forwardMB = clip.memoryBytes / MEGABYTE;
    await gradient();
    const gradientMB = clip.memoryBytes / MEGABYTE;
    const times: { forward: number[]; gradient: number[] } = { forward: [], gradient: [] };
    for (let round = 0; round < rounds; round++) {
      times.forward.push(await timed(forward));
      times.gradient.push(await timed(gradient));
    }
    const [forwardMs, gradientMs] = [median(times.forward), median(times.gradient)];
    const ratio = gradientMs / forwardMs;
    const claim = atMost('forward and backward, by the forward pass alone', ratio, most);
    return {
      ...{ ...request, forwardMs, gradientMs, ratio, forwardMB, gradientMB, machine },
      ...{ claims: [claim], passed: claim.passed },
    };
  } finally {
    clip.dispose();
  }
}

async function timed(action: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await action();
  return performance.now() - start;
}
