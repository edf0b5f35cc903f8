import type { OnnxGraph, Value } from './onnx-graph.ts';

/** A linear layer's weights as ONNX multiplies by them: `weight` [in, out], `bias` [out]. */
export interface LinearWeights {
  readonly name: string;
  readonly weight: Float32Array;
  readonly bias: Float32Array | undefined;
  readonly inputs: number;
  readonly outputs: number;
}

/** y = x·W + b on the last dimension. */
export type LinearLayer = (graph: OnnxGraph, x: Value, weights: LinearWeights) => Value;

/** MatMul and Add, in float32. */
export const floatLinear: LinearLayer = (graph, x, { name, weight, bias, inputs, outputs }) => {
  const w = graph.initializer(`${name}.weight`, 'f32', [inputs, outputs], weight);
  return withBias(graph, graph.node('MatMul', [x, w]), name, bias);
};

/**
 * What onnxruntime's `quantize_dynamic(per_channel=True, reduce_range=True)` makes of it: the input in
 * 8 unsigned bits with one scale and zero point, the weights in 7 signed bits with a scale for each
 * output.
 *
 * @see https://github.com/microsoft/onnxruntime/blob/main/onnxruntime/python/tools/quantization/operators/matmul.py, MatMulInteger
 */
export const int8Linear: LinearLayer = (graph, x, { name, weight, bias, inputs, outputs }) => {
  const { values, scales } = quantizeColumns(weight, inputs, outputs);
  const w = graph.initializer(`${name}.weight_quantized`, 'i8', [inputs, outputs], values);
  const wScale = graph.initializer(`${name}.weight_scale`, 'f32', [outputs], scales);
  const zeros = new Int8Array(outputs);
  const wZero = graph.initializer(`${name}.weight_zero_point`, 'i8', [outputs], zeros);
  const [q, scale, zero] = graph.nodeWith('DynamicQuantizeLinear', [x], 3);
  const product = graph.node('MatMulInteger', [q!, w, zero!, wZero]);
  const cast = graph.node('Cast', [product], { to: 1 });
  const y = graph.node('Mul', [cast, graph.node('Mul', [scale!, wScale])]);
  return withBias(graph, y, name, bias);
};

function withBias(graph: OnnxGraph, y: Value, name: string, bias: Float32Array | undefined): Value {
  if (bias === undefined) return y;
  return graph.node('Add', [y, graph.initializer(`${name}.bias`, 'f32', [bias.length], bias)]);
}

/**
 * The largest quantized weight. Processors without VNNI add two products of a byte in 16 bits, which
 * saturate beyond 2 · 255 · 64.
 *
 * @see https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html
 */
const LARGEST = 64;

/** Symmetric: the column's largest magnitude becomes 64. */
export function quantizeColumns(
  weight: Float32Array,
  inputs: number,
  outputs: number,
): { values: Int8Array; scales: Float32Array } {
  const scales = new Float32Array(outputs);
  for (let i = 0; i < weight.length; i++) {
    const column = i % outputs;
    scales[column] = Math.max(scales[column]!, Math.abs(weight[i]!));
  }
  for (let column = 0; column < outputs; column++) scales[column]! /= LARGEST;
  const values = new Int8Array(inputs * outputs);
  for (let i = 0; i < weight.length; i++) {
    const scale = scales[i % outputs]!;
    values[i] = scale === 0 ? 0 : Math.round(weight[i]! / scale);
  }
  return { values, scales };
}
