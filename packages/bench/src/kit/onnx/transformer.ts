/**
 * CLIP's transformer as ONNX nodes, in the forms that onnxruntime's optimizer knows and fuses.
 *
 * B sequences of T tokens, D width, H heads of d values, M width of the MLP.
 *
 * @see https://github.com/openai/CLIP/blob/main/clip/model.py, ResidualAttentionBlock
 */
import type { TowerSizes } from '../models/clip-sizes.ts';
import type { TensorReader } from './checkpoint-reader.ts';
import type { LinearLayer, LinearWeights } from './linear-layers.ts';
import type { OnnxGraph, Value } from './onnx-graph.ts';
import { transposed } from './open-clip-tensors.ts';

/** What a tower is exported with. */
export interface TowerBuilder {
  readonly graph: OnnxGraph;
  readonly weights: TensorReader;
  readonly linear: LinearLayer;
}

/** @param mask added to the scores, [T, T]; undefined for none. @returns [B, T, D] */
export async function transformer(
  builder: TowerBuilder,
  tower: 'vision_model' | 'text_model',
  sizes: TowerSizes,
  input: Value,
  mask: Value | undefined,
): Promise<Value> {
  const { graph } = builder;
  let x = input;
  for (let i = 0; i < sizes.num_hidden_layers; i++) {
    const layer = `${tower}.encoder.layers.${i}`;
    const attended = await attention(
      builder,
      `${layer}.self_attn`,
      sizes,
      await layerNorm(builder, `${layer}.layer_norm1`, sizes, x),
      mask,
    );
    x = graph.node('Add', [x, attended]);
    const expanded = await project(
      builder,
      `${layer}.mlp.fc1`,
      await layerNorm(builder, `${layer}.layer_norm2`, sizes, x),
    );
    const contracted = await project(
      builder,
      `${layer}.mlp.fc2`,
      activation(graph, sizes.hidden_act, expanded),
    );
    x = graph.node('Add', [x, contracted]);
  }
  return x;
}

export async function layerNorm(
  { graph, weights }: TowerBuilder,
  name: string,
  { layer_norm_eps: epsilon }: TowerSizes,
  x: Value,
): Promise<Value> {
  const scale = await weights.read(`${name}.weight`);
  const bias = await weights.read(`${name}.bias`);
  return graph.node(
    'LayerNormalization',
    [
      x,
      graph.initializer(`${name}.weight`, 'f32', scale.shape, scale.values),
      graph.initializer(`${name}.bias`, 'f32', bias.shape, bias.values),
    ],
    { axis: -1, epsilon: { float: epsilon } },
  );
}

/** softmax(q·kᵀ / √d + mask)·v by head, then the output projection. */
async function attention(
  builder: TowerBuilder,
  name: string,
  { hidden_size: width, num_attention_heads: heads }: TowerSizes,
  x: Value,
  mask: Value | undefined,
): Promise<Value> {
  const { graph, weights, linear } = builder;
  const headWidth = width / heads;
  const queryKeyValue = linear(graph, x, await projections(weights, name, headWidth));
  const byHead = graph.int64(0, 0, heads, headWidth);
  const [query, key, value] = graph
    .nodeWith('Split', [queryKeyValue], 3, { axis: -1 })
    .map((part) => graph.node('Reshape', [part, byHead])); // [B, T, H, d]
  const q = graph.node('Transpose', [query!], { perm: [0, 2, 1, 3] });
  const k = graph.node('Transpose', [key!], { perm: [0, 2, 3, 1] });
  const v = graph.node('Transpose', [value!], { perm: [0, 2, 1, 3] });
  const scores = graph.node('MatMul', [q, k]); // [B, H, T, T]
  const masked = mask === undefined ? scores : graph.node('Add', [scores, mask]);
  const mixed = graph.node('MatMul', [graph.node('Softmax', [masked], { axis: -1 }), v]);
  const context = graph.node('Reshape', [
    graph.node('Transpose', [mixed], { perm: [0, 2, 1, 3] }),
    graph.int64(0, 0, width),
  ]);
  return project(builder, `${name}.out_proj`, context);
}

/** Query, key and value as one layer [D, 3·D]; the scale 1 / √d is in the query's weights. */
async function projections(
  weights: TensorReader,
  name: string,
  headWidth: number,
): Promise<LinearWeights> {
  const parts: LinearWeights[] = [];
  for (const part of ['q_proj', 'k_proj', 'v_proj']) {
    parts.push(await readLinear(weights, `${name}.${part}`));
  }
  const [query, key, value] = parts as [LinearWeights, LinearWeights, LinearWeights];
  const scale = 1 / Math.sqrt(headWidth);
  for (const values of [query.weight, query.bias!]) {
    for (let i = 0; i < values.length; i++) values[i]! *= scale;
  }
  const { inputs, outputs } = query;
  const weight = new Float32Array(3 * inputs * outputs);
  const bias = new Float32Array(3 * outputs);
  [query, key, value].forEach((part, p) => {
    bias.set(part.bias!, p * outputs);
    for (let row = 0; row < inputs; row++) {
      const from = part.weight.subarray(row * outputs, (row + 1) * outputs);
      weight.set(from, row * 3 * outputs + p * outputs);
    }
  });
  return { name: `${name}.in_proj`, weight, bias, inputs, outputs: 3 * outputs };
}

/** The linear layer of this name in the checkpoint. */
export async function project(
  { graph, weights, linear }: TowerBuilder,
  name: string,
  x: Value,
): Promise<Value> {
  return linear(graph, x, await readLinear(weights, name));
}

async function readLinear(weights: TensorReader, name: string): Promise<LinearWeights> {
  const { shape, values } = await weights.read(`${name}.weight`);
  const hasBias = !name.endsWith('_projection');
  const outputs = shape[0]!;
  const inputs = values.length / outputs;
  return {
    name,
    weight: transposed(values, outputs, inputs),
    bias: hasBias ? (await weights.read(`${name}.bias`)).values : undefined,
    inputs,
    outputs,
  };
}

function activation(graph: OnnxGraph, name: string, x: Value): Value {
  if (name === 'quick_gelu') {
    const gate = graph.node('Sigmoid', [graph.node('Mul', [x, graph.scalar(1.702)])]);
    return graph.node('Mul', [x, gate]);
  }
  const erf = graph.node('Erf', [graph.node('Div', [x, graph.scalar(Math.SQRT2)])]);
  const weighted = graph.node('Mul', [x, graph.node('Add', [erf, graph.scalar(1)])]);
  return graph.node('Mul', [weighted, graph.scalar(0.5)]);
}
