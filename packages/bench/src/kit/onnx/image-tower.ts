/**
 * CLIP's image tower as an ONNX graph: `pixel_values` [B, 3, S, S] to `image_embeds` [B, E], before
 * they are divided by their length. B is free.
 *
 * @see https://github.com/openai/CLIP/blob/main/clip/model.py, VisionTransformer
 */

import type { JsonObject } from '../input-file.ts';
import { patchesOf, projectionOf, visionSizes } from '../models/clip-sizes.ts';
import type { Value } from './onnx-graph.ts';
import { layerNorm, project, type TowerBuilder, transformer } from './transformer.ts';

export async function buildImageTower(builder: TowerBuilder, config: JsonObject): Promise<void> {
  const { graph, weights } = builder;
  const sizes = visionSizes(config);
  const { hidden_size: width, image_size: side } = sizes;
  const pixels = graph.input('pixel_values', 'f32', ['batch', 3, side, side]);
  const positions = await weights.read('vision_model.embeddings.position_embedding.weight');

  let x = await patchEmbedding(builder, config, pixels); // [B, P, D]
  x = graph.node('Concat', [await classTokens(builder, pixels, width), x], { axis: 1 });
  x = graph.node('Add', [
    x,
    graph.initializer('positions', 'f32', positions.shape, positions.values),
  ]); // [B, T, D]
  x = await layerNorm(builder, 'vision_model.pre_layrnorm', sizes, x);
  x = await transformer(builder, 'vision_model', sizes, x, undefined);
  x = graph.node('Gather', [x, graph.initializer('first', 'i64', [], BigInt64Array.of(0n))], {
    axis: 1,
  }); // [B, D]
  x = await layerNorm(builder, 'vision_model.post_layernorm', sizes, x);
  x = await project(builder, 'visual_projection', x);
  graph.output('image_embeds', x, 'f32', ['batch', projectionOf(config)]);
}

/** A convolution whose windows do not overlap. */
async function patchEmbedding(
  { graph, weights }: TowerBuilder,
  config: JsonObject,
  pixels: Value,
): Promise<Value> {
  const sizes = visionSizes(config);
  const { patch_size: patch, hidden_size: width } = sizes;
  const name = 'vision_model.embeddings.patch_embedding.weight';
  const { shape, values } = await weights.read(name);
  const kernel = graph.initializer(name, 'f32', shape, values);
  const strides = { kernel_shape: [patch, patch], strides: [patch, patch] };
  const map = graph.node('Conv', [pixels, kernel], strides); // [B, D, S/p, S/p]
  const flat = graph.node('Reshape', [map, graph.int64(0, width, patchesOf(sizes))]);
  return graph.node('Transpose', [flat], { perm: [0, 2, 1] });
}

/** The class embedding once an image, [B, 1, D]. */
async function classTokens(
  { graph, weights }: TowerBuilder,
  pixels: Value,
  width: number,
): Promise<Value> {
  const { values } = await weights.read('vision_model.embeddings.class_embedding');
  const token = graph.initializer('class_embedding', 'f32', [1, 1, width], values);
  const batch = graph.node('Slice', [
    graph.node('Shape', [pixels]),
    graph.int64(0),
    graph.int64(1),
  ]);
  const shape = graph.node('Concat', [batch, graph.int64(1, width)], { axis: 0 });
  return graph.node('Expand', [token, shape]);
}
