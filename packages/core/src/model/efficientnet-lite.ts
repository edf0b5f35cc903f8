/**
 * EfficientNet-Lite0 as an image tower, as open_clip has it of timm: the trunk, its mean over all places, and
 * a linear projection. Batch norms are folded into the convolutions when weights are loaded.
 *
 * B images, S their side in pixels, E width of the embedding.
 *
 * @see Tan & Le 2019, "EfficientNet"
 * @see Liu 2020, "Higher accuracy on vision models with EfficientNet-Lite": no squeeze-and-excitation, ReLU6
 * @see https://github.com/huggingface/pytorch-image-models/blob/main/timm/models/efficientnet.py, tf_efficientnet_lite0
 */
import type { EfficientNetLiteConfig } from '../config/clip-config.ts';
import { GraphBuilder, type Tensor } from '../graph/graph.ts';
import {
  convolution,
  depthwise,
  type Images,
  imagesOf,
  mapPixels,
  pointwise,
  samePadding,
} from './convolution.ts';
import type { Tower } from './tower.ts';
import { linear } from './transformer.ts';

const STEM_CHANNELS = 32;
const HEAD_CHANNELS = 1280;

/** The stages; a stage's first block has the stride. */
const STAGES = [
  { kernel: 3, stride: 1, expansion: 1, channels: 16, blocks: 1 },
  { kernel: 3, stride: 2, expansion: 6, channels: 24, blocks: 2 },
  { kernel: 5, stride: 2, expansion: 6, channels: 40, blocks: 2 },
  { kernel: 3, stride: 2, expansion: 6, channels: 80, blocks: 3 },
  { kernel: 5, stride: 1, expansion: 6, channels: 112, blocks: 3 },
  { kernel: 5, stride: 2, expansion: 6, channels: 192, blocks: 4 },
  { kernel: 3, stride: 1, expansion: 6, channels: 320, blocks: 1 },
] as const;

/**
 * The graph from normalised pixels to embeddings, for a batch of B images.
 *
 * Input: `pixels` [B, 3·S·S], channel first. Outputs: `embeddings` [B, E], as projected; `normalized`
 * [B, E], each of length 1.
 */
export function efficientNetLiteTower(
  { channels, imageSize }: EfficientNetLiteConfig,
  embeddingWidth: number,
  batch: number,
): Tower {
  const g = new GraphBuilder();
  const pixels = g.input('pixels', batch, channels * imageSize * imageSize);
  const relu6 = (x: Tensor) => g.relu(x, 'relu6');

  const image = imagesOf(g, pixels, channels, imageSize); // [B·S², 3]
  const stemWindow = samePadding(imageSize, 3, 2);
  let y = convolution(g, image, 'vision.stem', STEM_CHANNELS, stemWindow); // [B·(S/2)², 32]
  y = mapPixels(y, relu6);
  for (const [s, stage] of STAGES.entries()) {
    for (let block = 0; block < stage.blocks; block++) {
      const stride = block === 0 ? stage.stride : 1;
      y = invertedResidual(g, y, `vision.stages.${s}.${block}`, { ...stage, stride });
    }
  }
  y = mapPixels(pointwise(g, y, 'vision.head', HEAD_CHANNELS), relu6); // [B·(S/32)², 1280]
  const pooled = g.averagePool(y.x, y.side, y.side); // [B, 1280]
  const x = linear(g, pooled, 'vision.projection', embeddingWidth); // [B, E]
  g.output('embeddings', x);
  g.output('normalized', g.l2Normalize(x));
  return { graph: g.build(), parameters: g.parameters, constants: {} };
}

/** Expands the channels, filters each by itself, and projects them back. */
function invertedResidual(
  g: GraphBuilder,
  input: Images,
  name: string,
  block: { kernel: number; stride: number; expansion: number; channels: number },
): Images {
  const { kernel, stride, expansion, channels } = block;
  const relu6 = (x: Tensor) => g.relu(x, 'relu6');
  const { columns } = input.x;
  let y = input;
  if (expansion > 1) y = mapPixels(pointwise(g, y, `${name}.expand`, columns * expansion), relu6);
  const window = samePadding(y.side, kernel, stride);
  y = mapPixels(depthwise(g, y, `${name}.depthwise`, window), relu6);
  y = pointwise(g, y, `${name}.project`, channels);
  const isResidual = stride === 1 && columns === channels;
  return isResidual ? mapPixels(y, (x) => g.add(input.x, x)) : y;
}
