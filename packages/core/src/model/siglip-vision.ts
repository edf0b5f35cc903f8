/**
 * SigLIP's image tower, a Vision Transformer without a class token. SigLIP 2 of fixed resolution has the
 * same.
 *
 * B images, S their side, p side of a patch, T patches an image, each a token, D width, which is E, the
 * width of the embedding.
 *
 * @see Zhai et al. 2023, "Sigmoid Loss for Language Image Pre-Training"
 * @see Tschannen et al. 2025, "SigLIP 2"
 * @see https://github.com/google-research/big_vision/blob/main/big_vision/models/vit.py
 */
import type { SiglipVisionConfig } from '../config/clip-config.ts';
import { GraphBuilder } from '../graph/graph.ts';
import { attentionPooling } from './pooling.ts';
import { multiples, type Tower } from './tower.ts';
import { affine, transformer } from './transformer.ts';

/**
 * The graph from normalised pixels to embeddings, for a batch of B images.
 *
 * Input: `pixels` [B, 3·S·S], channel first. Outputs: `embeddings` [B, D], as the head gives them;
 * `normalized` [B, D], each of length 1.
 */
export function siglipVisionTower(config: SiglipVisionConfig, batch: number): Tower {
  const { channels, imageSize, patchSize, patches: tokens, width, epsilon } = config;
  const g = new GraphBuilder();
  const pixels = g.input('pixels', batch, channels * imageSize * imageSize);
  const offsets = g.input('offsets', batch + 1, 1, 'i32');
  const probeRows = g.input('probeRows', batch, 1, 'i32');

  const patchShape = [width, channels, patchSize, patchSize] as const;
  const patchEmbedding = affine(g, 'vision.patchEmbedding', patchShape);
  const positionEmbedding = g.parameter('vision.positionEmbedding', [tokens, width]);

  let x = g.patches(pixels, channels, imageSize, patchSize); // [B·T, 3·p·p]
  x = g.linear(x, patchEmbedding.weight, patchEmbedding.bias); // [B·T, D]
  x = g.add(x, positionEmbedding);
  x = transformer(g, x, 'vision.blocks', { config, offsets, longest: tokens, causal: false }); // [B·T, D]
  x = g.layerNorm(x, affine(g, 'vision.postNorm', [width]), epsilon);
  x = attentionPooling(g, x, 'vision.head', { config, offsets, probeRows, tokens }); // [B, D]
  g.output('embeddings', x);
  g.output('normalized', g.l2Normalize(x));
  const constants = { offsets: multiples(batch + 1, tokens), probeRows: multiples(batch, 0) };
  return { graph: g.build(), parameters: g.parameters, constants };
}
