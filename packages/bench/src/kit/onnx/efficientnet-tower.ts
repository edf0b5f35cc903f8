/**
 * EfficientNet-Lite0 as an ONNX graph: `pixel_values` [B, 3, S, S] to `image_embeds` [B, E], before they are divided
 * by their length. B is free. onnxruntime's optimizer folds the batch norms and fuses ReLU6 into the convolutions.
 */
import type { JsonObject } from '../input-file.ts';
import { imageSizeOf, projectionOf } from '../models/clip-sizes.ts';
import { type Convolution, efficientNetLite } from '../models/efficientnet-lite.ts';
import type { Value } from './onnx-graph.ts';
import { project, type TowerBuilder } from './transformer.ts';

/** Of TensorFlow's models in timm. */
const EPSILON = 1e-3;

export async function buildEfficientNetTower(
  builder: TowerBuilder,
  config: JsonObject,
): Promise<void> {
  const { graph } = builder;
  const side = imageSizeOf(config);
  let x = graph.input('pixel_values', 'f32', ['batch', 3, side, side]);
  for (const { convolutions, isResidual } of efficientNetLite(side)) {
    let y = x;
    for (const layer of convolutions) y = await convolution(builder, layer, y);
    x = isResidual ? graph.node('Add', [x, y]) : y;
  }
  x = graph.node('Flatten', [graph.node('GlobalAveragePool', [x])]); // [B, 1280]
  x = await project(builder, 'visual.head.proj', x);
  graph.output('image_embeds', x, 'f32', ['batch', projectionOf(config)]);
}

/** Convolution, batch norm and, where it has one, ReLU6. */
async function convolution(
  { graph, weights }: TowerBuilder,
  layer: Convolution,
  x: Value,
): Promise<Value> {
  const { name, norm, kernel, stride, groups, isActivated } = layer;
  const load = async (tensor: string) => {
    const { shape, values } = await weights.read(tensor);
    return graph.initializer(tensor, 'f32', shape, values);
  };
  const [before, after] = samePadding(layer);
  const convolved = graph.node('Conv', [x, await load(name)], {
    kernel_shape: [kernel, kernel],
    strides: [stride, stride],
    pads: [before, before, after, after],
    group: groups,
  });
  const statistics: Value[] = [];
  for (const part of ['weight', 'bias', 'running_mean', 'running_var']) {
    statistics.push(await load(`${norm}.${part}`));
  }
  const y = graph.node('BatchNormalization', [convolved, ...statistics], {
    epsilon: { float: EPSILON },
  });
  return isActivated ? graph.node('Clip', [y, graph.scalar(0), graph.scalar(6)]) : y;
}

/** TensorFlow's SAME: as many outputs as strides fit, the smaller half of the padding first. */
function samePadding({ kernel, stride, side }: Convolution): [before: number, after: number] {
  const total = Math.max((Math.ceil(side / stride) - 1) * stride + kernel - side, 0);
  const before = Math.floor(total / 2);
  return [before, total - before];
}
