/**
 * CLIP's text tower as an ONNX graph: `input_ids` [B, T] int64 to `text_embeds` [B, E], before they
 * are divided by their length. B and T are free; shorter texts are padded with any ids.
 *
 * @see https://github.com/openai/CLIP/blob/main/clip/model.py, CLIP.encode_text
 */

import type { JsonObject } from '../input-file.ts';
import { projectionOf, textSizes } from '../models/clip-sizes.ts';
import type { OnnxGraph, Value } from './onnx-graph.ts';
import { layerNorm, project, type TowerBuilder, transformer } from './transformer.ts';

/** The end token of OpenAI's published configs, which is wrong; their highest id ends a text. */
const MISTAKEN_END_TOKEN = 2;

export async function buildTextTower(builder: TowerBuilder, config: JsonObject): Promise<void> {
  const { graph, weights } = builder;
  const sizes = textSizes(config);
  const ids = graph.input('input_ids', 'i64', ['batch', 'tokens']);
  const table = await weights.read('text_model.embeddings.token_embedding.weight');
  const positions = await weights.read('text_model.embeddings.position_embedding.weight');
  const tokens = graph.node('Slice', [graph.node('Shape', [ids]), graph.int64(1), graph.int64(2)]);

  let x = graph.node('Gather', [
    graph.initializer('token_embedding', 'f32', table.shape, table.values),
    ids,
  ]); // [B, T, D]
  const allPositions = graph.initializer('positions', 'f32', positions.shape, positions.values);
  x = graph.node('Add', [x, graph.node('Slice', [allPositions, graph.int64(0), tokens])]);
  const square = graph.node('Concat', [tokens, tokens], { axis: 0 });
  const wholeMask = causalMask(graph, sizes.max_position_embeddings);
  const mask = graph.node('Slice', [wholeMask, graph.int64(0, 0), square]); // [T, T]
  x = await transformer(builder, 'text_model', sizes, x, mask);
  x = await layerNorm(builder, 'text_model.final_layer_norm', sizes, x);
  x = graph.node('GatherND', [x, endPositions(graph, ids, sizes.eos_token_id)], { batch_dims: 1 });
  x = await project(builder, 'text_projection', x); // [B, E]
  graph.output('text_embeds', x, 'f32', ['batch', projectionOf(config)]);
}

/** 0 on and below the diagonal, and above it what a softmax makes 0. */
function causalMask(graph: OnnxGraph, length: number): Value {
  const values = Float32Array.from({ length: length * length }, (_, i) =>
    i % length > Math.floor(i / length) ? -1e9 : 0,
  );
  return graph.initializer('causal_mask', 'f32', [length, length], values);
}

/** Where each text's first end token is, [B, 1]. */
function endPositions(graph: OnnxGraph, ids: Value, endToken: number): Value {
  const end = graph.int64(endToken);
  const marked =
    endToken === MISTAKEN_END_TOKEN
      ? ids
      : graph.node('Cast', [graph.node('Equal', [ids, end])], { to: 1 });
  return graph.node('ArgMax', [marked], { axis: 1, keepdims: 1 });
}
