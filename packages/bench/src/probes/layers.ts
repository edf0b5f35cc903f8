import { loadClip } from '@clipql/core';
import type { JsonObject } from '../kit/input-file.ts';
import { benchModel } from '../kit/models/bench-model.ts';
import { visionSizes } from '../kit/models/clip-sizes.ts';
import { recipePixels } from '../kit/models/recipe.ts';
import { recipeModel } from '../kit/models/recipe-model.ts';
import { medianTime } from '../kit/timing/median-time.ts';
import { round } from '../kit/timing/statistics.ts';
import type { Probe, ProbeRequest } from './probe.ts';

const BATCHES = [1, 8];
/** Blocks that are measured; one more is there, whose MLP runs for the class token alone. */
const BLOCKS = 4;

/**
 * A block of the image tower, and its MLP alone. A backend's kernels cannot be called one by one from
 * outside core, so times are differences between models of the same shapes: with four blocks more,
 * and with an MLP half as wide.
 */
export const layersProbe: Probe = async (request) => {
  const { config } = await benchModel(request.model);
  const sizes = visionSizes(config);
  const { hidden_size: width, intermediate_size: mlpWidth, image_size: size } = sizes;
  const tokens = Math.floor(size / sizes.patch_size) ** 2 + 1;
  const rows = [];
  for (const batch of BATCHES) {
    const one = await timeOf(config, 1, mlpWidth, batch, request);
    const many = await timeOf(config, 1 + BLOCKS, mlpWidth, batch, request);
    const narrow = await timeOf(config, 1 + BLOCKS, mlpWidth / 2, batch, request);
    const block = (many - one) / BLOCKS;
    const mlp = (2 * (many - narrow)) / BLOCKS;
    const products = 2 * batch * tokens * width;
    const parts = [
      {
        part: `MLP: ${width} to ${mlpWidth} and back`,
        ms: mlp,
        operations: 2 * products * mlpWidth,
      },
      {
        part: `attention: norms, ${width} to ${3 * width}, heads, ${width} to ${width}`,
        ms: block - mlp,
        operations: products * (4 * width + 2 * tokens),
      },
    ];
    for (const { part, ms, operations } of parts) {
      rows.push({
        part,
        precision: request.precision,
        threads: request.threads,
        batch,
        rows: batch * tokens,
        medianMs: round(ms),
        gflops: round(operations / (ms * 1e6)),
      });
    }
  }
  return { rows, claims: [] };
};

async function timeOf(
  config: JsonObject,
  layers: number,
  mlpWidth: number,
  batch: number,
  { precision, threads, times }: ProbeRequest,
): Promise<number> {
  const changed = {
    ...config,
    vision_config: {
      ...Object(config.vision_config),
      num_hidden_layers: layers,
      intermediate_size: mlpWidth,
    },
    text_config: {
      ...Object(config.text_config),
      num_hidden_layers: 1,
      vocab_size: 3,
      eos_token_id: 1,
    },
  };
  const clip = await loadClip(recipeModel('layers', changed), { precision, threads });
  const { imageSize: size } = clip.info;
  const images = recipePixels(batch, size, 0).map((data) => ({ size, data }));
  const milliseconds = await medianTime(times, () => clip.encodeImages(images));
  clip.dispose();
  return milliseconds;
}
