/**
 * Operations of a forward pass: of matrix products, convolutions and attention, a multiplication and an addition
 * counted as two. Norms, activations and softmax, about a hundredth of the work, are not counted.
 *
 * B sequences, T tokens, D width, M width of the MLP, E width of the embedding, P patches.
 */

import type { Workload } from '../engines/workload.ts';
import type { JsonObject } from '../input-file.ts';
import {
  patchesOf,
  projectionOf,
  type TowerSizes,
  textSizes,
  type VisionSizes,
  visionSizes,
} from '../models/clip-sizes.ts';
import { efficientNetLite } from '../models/efficientnet-lite.ts';
import { hasLiteTrunk } from '../models/openai-sizes.ts';

/** How an engine goes about it. */
export interface Execution {
  /**
   * Whether texts end at their end token, a token's scores are those it sees, and the last block's
   * output projection and MLP run for the one row a sequence that is used, of images its query and scores
   * too. ClipQL does; a graph as PyTorch exports it pads and computes all rows.
   */
  readonly skipsUnused: boolean;
}

/** The operations that an engine executes for a workload. */
export function operationsOf(
  workload: Workload,
  config: JsonObject,
  { skipsUnused }: Execution,
): number {
  const embedding = projectionOf(config);
  if (workload.tower === 'text') {
    const sizes = textSizes(config);
    const lengths = executedLengths(workload, skipsUnused);
    return towerOperations(sizes, embedding, lengths, { causal: true, skipsUnused });
  }
  const sizes = visionSizes(config);
  if (hasLiteTrunk(config)) return workload.batch * trunkOperations(sizes, embedding);
  const patches = patchesOf(sizes);
  const lengths = Array<number>(workload.batch).fill(patches + 1);
  const patchValues = 3 * sizes.patch_size ** 2;
  const patchEmbedding = 2 * workload.batch * patches * patchValues * sizes.hidden_size;
  return (
    patchEmbedding + towerOperations(sizes, embedding, lengths, { causal: false, skipsUnused })
  );
}

/** Of EfficientNet-Lite for one image. */
function trunkOperations({ image_size: side }: VisionSizes, embedding: number): number {
  const layers = efficientNetLite(side).flatMap(({ convolutions }) => convolutions);
  const operations = layers.map(({ kernel, stride, inputs, outputs, groups, side }) => {
    const places = Math.ceil(side / stride) ** 2;
    return (2 * places * outputs * inputs * kernel ** 2) / groups;
  });
  return sum(operations) + 2 * layers.at(-1)!.outputs * embedding;
}

/** Tokens that go through the tower, all sequences together; of a convolutional trunk the places of its last map. */
export function executedTokens(
  workload: Workload,
  config: JsonObject,
  { skipsUnused }: Execution,
): number {
  const classTokens = hasLiteTrunk(config) ? 0 : 1;
  if (workload.tower === 'image') {
    return workload.batch * (patchesOf(visionSizes(config)) + classTokens);
  }
  return sum(executedLengths(workload, skipsUnused));
}

/** Tokens up to each end token, all texts together; of images all, of a convolutional tower the places of its last map. */
export const realTokens = (workload: Workload, config: JsonObject): number =>
  executedTokens(workload, config, { skipsUnused: true });

const executedLengths = (
  { ids, padTo }: Extract<Workload, { tower: 'text' }>,
  skipsUnused: boolean,
): number[] => ids.map((text) => (skipsUnused ? text.length : padTo));

function towerOperations(
  { hidden_size: width, intermediate_size: mlpWidth, num_hidden_layers: layers }: TowerSizes,
  embedding: number,
  lengths: readonly number[],
  { causal, skipsUnused }: { causal: boolean; skipsUnused: boolean },
): number {
  const tokens = sum(lengths);
  const seen = lengths.map((length) =>
    causal && skipsUnused ? (length * (length + 1)) / 2 : length * length,
  );
  const product = (rows: number, columns: number) => 2 * rows * width * columns;
  const block = (queries: number, scores: number, rows: number) =>
    product(tokens, 2 * width) +
    product(queries, width) +
    4 * scores * width +
    product(rows, width + 2 * mlpWidth);
  const lastRows = skipsUnused ? lengths.length : tokens;
  // An image's one query sees all tokens.
  const last =
    skipsUnused && !causal ? block(lastRows, tokens, lastRows) : block(tokens, sum(seen), lastRows);
  return (
    (layers - 1) * block(tokens, sum(seen), tokens) + last + product(lengths.length, embedding)
  );
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
