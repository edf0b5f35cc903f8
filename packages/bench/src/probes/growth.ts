import { availableParallelism } from 'node:os';
import { loadClip } from '@clipql/core';
import type { JsonObject } from '../kit/input-file.ts';
import { benchModel } from '../kit/models/bench-model.ts';
import { recipePixels } from '../kit/models/recipe.ts';
import { recipeModel } from '../kit/models/recipe-model.ts';
import type { Cell } from '../kit/reports/claims.ts';
import { medianTime } from '../kit/timing/median-time.ts';
import { operationsOf } from '../kit/timing/operations.ts';
import { round } from '../kit/timing/statistics.ts';
import type { Probe, ProbeRequest } from './probe.ts';

const BATCHES = [1, 2, 3, 4, 6, 8, 16];
/** Sides of the image, in patches: 10, 26, 50, 101, 145 and 197 tokens. */
const SIDES = [3, 5, 7, 10, 12, 14];
/** Enough to show how a block grows, and soon loaded. */
const LAYERS = 4;

type Row = Record<string, Cell>;

/**
 * How the image tower's time grows: with the batch and the threads in the model itself, with the
 * tokens in models of the same blocks, four of them, that take images of other sizes.
 */
export const growthProbe: Probe = async (request) => {
  const { config, files } = await benchModel(request.model);
  const rows: Row[] = [];
  for (const threads of threadCounts(request.threads)) {
    const clip = await loadClip(files, { precision: request.precision, threads });
    const batches = threads === request.threads ? BATCHES : [1, 8];
    for (const batch of batches) {
      rows.push(await timeImages('batch', clip, config, batch, request));
    }
    clip.dispose();
  }
  for (const side of SIDES) {
    const other = ofSide(config, side);
    const clip = await loadClip(recipeModel(`side ${side}`, other), request);
    rows.push(await timeImages('tokens', clip, other, 1, request));
    clip.dispose();
  }
  return { rows, claims: [] };
};

/** 1, 2, 4 … up to those asked for, which are never more than the machine has. */
function threadCounts(most: number): number[] {
  const last = Math.min(most, availableParallelism());
  const counts = [];
  for (let threads = 1; threads < last; threads *= 2) counts.push(threads);
  return [...counts, last];
}

function ofSide(config: JsonObject, side: number): JsonObject {
  const vision = config.vision_config as JsonObject;
  const text = config.text_config as JsonObject;
  const patch = Number(vision.patch_size ?? 32);
  const layers = { num_hidden_layers: LAYERS };
  return {
    ...config,
    vision_config: { ...vision, ...layers, image_size: side * patch },
    text_config: { ...text, num_hidden_layers: 1, vocab_size: 3, eos_token_id: 1 },
  };
}

async function timeImages(
  grows: string,
  clip: Awaited<ReturnType<typeof loadClip>>,
  config: JsonObject,
  batch: number,
  { times }: ProbeRequest,
): Promise<Row> {
  const { imageSize: size, backend } = clip.info;
  const images = recipePixels(batch, size, 0).map((data) => ({ size, data }));
  const milliseconds = await medianTime(times, () => clip.encodeImages(images));
  const operations = operationsOf({ tower: 'image', batch }, config, { skipsUnused: true });
  const patch = Number((config.vision_config as JsonObject).patch_size ?? 32);
  return {
    grows,
    precision: backend.precision,
    threads: backend.threads,
    batch,
    tokens: Math.floor(size / patch) ** 2 + 1,
    medianMs: round(milliseconds),
    perImageMs: round(milliseconds / batch),
    gflops: round(operations / (milliseconds * 1e6)),
  };
}
