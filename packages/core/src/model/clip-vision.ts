/**
 * CLIP's image tower, a Vision Transformer.
 *
 * B images, S their side, p side of a patch, P patches an image, T = P + 1 tokens, D width,
 * E width of the embedding.
 *
 * @see https://github.com/openai/CLIP/blob/main/clip/model.py, VisionTransformer
 * @see Dosovitskiy et al. 2021, "An Image is Worth 16x16 Words"
 */
import type { ClipVisionConfig } from '../config/clip-config.ts';
import { GraphBuilder } from '../graph/graph.ts';
import { multiples, type Tower } from './tower.ts';
import { affine, transformer } from './transformer.ts';

/**
 * The graph from normalised pixels to embeddings, for a batch of B images.
 *
 * Input: `pixels` [B, 3·S·S], channel first. Outputs: `embeddings` [B, E], as projected; `normalized`
 * [B, E], each of length 1.
 */
export function visionTower(
  config: ClipVisionConfig,
  embeddingWidth: number,
  batch: number,
): Tower {
  const { channels, imageSize, patchSize, patches, width, epsilon } = config;
  const tokens = patches + 1;
  const g = new GraphBuilder();
  const pixels = g.input('pixels', batch, channels * imageSize * imageSize);
  const offsets = g.input('offsets', batch + 1, 1, 'i32');
  const classRows = g.input('classRows', batch, 1, 'i32');

  const patchEmbedding = g.parameter('vision.patchEmbedding', [
    width,
    channels,
    patchSize,
    patchSize,
  ]);
  const classEmbedding = g.parameter('vision.classEmbedding', [width]);
  const positionEmbedding = g.parameter('vision.positionEmbedding', [tokens, width]);

  let x = g.patches(pixels, channels, imageSize, patchSize); // [B·P, 3·p·p]
  x = g.linear(x, patchEmbedding); // [B·P, D]
  x = g.prepend(x, classEmbedding, patches); // [B·T, D]
  x = g.add(x, positionEmbedding);
  x = g.layerNorm(x, affine(g, 'vision.preNorm', [width]), epsilon);
  const attending = { config, offsets, longest: tokens, causal: false, lastRows: classRows };
  x = transformer(g, x, 'vision.blocks', attending); // [B, D]
  x = g.layerNorm(x, affine(g, 'vision.postNorm', [width]), epsilon);
  x = g.linear(x, g.parameter('vision.projection', [embeddingWidth, width])); // [B, E]
  g.output('embeddings', x);
  g.output('normalized', g.l2Normalize(x));
  const constants = { offsets: multiples(batch + 1, tokens), classRows: multiples(batch, tokens) };
  return { graph: g.build(), parameters: g.parameters, constants };
}
