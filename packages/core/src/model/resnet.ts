/**
 * OpenAI's ResNet as an image tower: a stem of three convolutions, average pooling in place of every other
 * stride, and attention pooling, whose query is the mean of all places. Batch norms are folded into the
 * convolutions when weights are loaded.
 *
 * B images, S their side in pixels, W width of the stem, P = (S / 32)² places, D = 32·W, E width of the
 * embedding.
 *
 * @see https://github.com/openai/CLIP/blob/main/clip/model.py, ModifiedResNet and AttentionPool2d
 */
import type { ResNetConfig } from '../config/clip-config.ts';
import { GraphBuilder, type Tensor } from '../graph/graph.ts';
import {
  convolution,
  evenPadding,
  type Images,
  imagesOf,
  mapPixels,
  pointwise,
} from './convolution.ts';
import { multiples, type Tower } from './tower.ts';
import { linear } from './transformer.ts';

/** Channels of a block's result for each of its inner ones. */
const EXPANSION = 4;

/**
 * The graph from normalised pixels to embeddings, for a batch of B images.
 *
 * Input: `pixels` [B, 3·S·S], channel first. Outputs: `embeddings` [B, E], as the attention pool gives them;
 * `normalized` [B, E], each of length 1.
 */
export function resNetTower(config: ResNetConfig, embeddingWidth: number, batch: number): Tower {
  const { channels, imageSize, width, blocks } = config;
  const g = new GraphBuilder();
  const pixels = g.input('pixels', batch, channels * imageSize * imageSize);
  const offsets = g.input('offsets', batch + 1, 1, 'i32');
  const meanRows = g.input('meanRows', batch, 1, 'i32');

  let y = stem(g, imagesOf(g, pixels, channels, imageSize), width); // [B·(S/4)², W]
  for (const [stage, count] of blocks.entries()) {
    for (let block = 0; block < count; block++) {
      const inner = width * 2 ** stage;
      const stride = stage > 0 && block === 0 ? 2 : 1;
      y = bottleneck(g, y, `vision.stages.${stage}.${block}`, { inner, stride });
    }
  }
  const places = y.side ** 2;
  const x = attentionPool(g, y.x, { config, offsets, meanRows, places, embeddingWidth }); // [B, E]
  g.output('embeddings', x);
  g.output('normalized', g.l2Normalize(x));
  const constants = {
    offsets: multiples(batch + 1, places + 1),
    meanRows: multiples(batch, places + 1),
  };
  return { graph: g.build(), parameters: g.parameters, constants };
}

function stem(g: GraphBuilder, image: Images, width: number): Images {
  let y = image;
  for (const [i, channels] of [width / 2, width / 2, width].entries()) {
    const window = evenPadding(y.side, 3, i === 0 ? 2 : 1);
    y = rectified(g, convolution(g, y, `vision.stem.${i}`, channels, window));
  }
  return averaged(g, y, 2);
}

function bottleneck(
  g: GraphBuilder,
  input: Images,
  name: string,
  { inner, stride }: { inner: number; stride: number },
): Images {
  const channels = inner * EXPANSION;
  let y = rectified(g, pointwise(g, input, `${name}.reduce`, inner));
  y = rectified(g, convolution(g, y, `${name}.filter`, inner, evenPadding(y.side, 3, 1)));
  y = pointwise(g, averaged(g, y, stride), `${name}.expand`, channels);
  const isShortcut = stride > 1 || input.x.columns !== channels;
  const shortcut = isShortcut
    ? pointwise(g, averaged(g, input, stride), `${name}.shortcut`, channels)
    : input;
  return rectified(
    g,
    mapPixels(y, (x) => g.add(shortcut.x, x)),
  );
}

/** Attention over all places and their mean, which alone asks. @param x [B·P, D] @returns [B, E] */
function attentionPool(
  g: GraphBuilder,
  x: Tensor,
  pool: {
    config: ResNetConfig;
    offsets: Tensor;
    meanRows: Tensor;
    places: number;
    embeddingWidth: number;
  },
): Tensor {
  const { config, offsets, meanRows, places, embeddingWidth } = pool;
  const width = x.columns;
  const positions = g.parameter('vision.pool.positionEmbedding', [places + 1, width]);
  const tokens = g.add(g.prependMean(x, places), positions); // [B·(P + 1), D]
  const query = linear(g, g.select(tokens, meanRows), 'vision.pool.query', width); // [B, D]
  const key = linear(g, tokens, 'vision.pool.key', width);
  const value = linear(g, tokens, 'vision.pool.value', width);
  const context = g.attention(query, key, value, {
    offsets,
    heads: config.heads,
    causal: false,
    queries: 1,
    longest: places + 1,
  }); // [B, D]
  return linear(g, context, 'vision.pool.output', embeddingWidth);
}

const rectified = (g: GraphBuilder, images: Images): Images =>
  mapPixels(images, (x) => g.relu(x, 'relu'));

const averaged = (g: GraphBuilder, { x, side }: Images, kernel: number): Images =>
  kernel === 1
    ? { x, side }
    : { x: g.averagePool(x, side, kernel), side: Math.floor(side / kernel) };
