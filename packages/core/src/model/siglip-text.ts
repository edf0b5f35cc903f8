/**
 * SigLIP's text tower, a transformer in which every token sees every other. SigLIP 2 has the same.
 *
 * B texts, exactly T tokens each, filled up with padding, which is seen like any other token; D width,
 * E width of the embedding.
 *
 * @see Zhai et al. 2023, "Sigmoid Loss for Language Image Pre-Training"
 * @see https://github.com/google-research/big_vision/blob/main/big_vision/models/proj/image_text/text_transformer.py
 */
import type { SiglipTextConfig } from '../config/clip-config.ts';
import { GraphBuilder } from '../graph/graph.ts';
import { multiples, type Tower } from './tower.ts';
import { affine, linear, transformer } from './transformer.ts';

/** The table of the tokens' embeddings [V, D], too large to be held: its rows come as input. */
export const TOKEN_TABLE = 'text.tokenEmbedding';

/**
 * The graph from token embeddings to text embeddings, for B texts.
 *
 * Input: `tokens` [B·T, D], rows of {@link TOKEN_TABLE}. Outputs: `embeddings` [B, E], as the head gives
 * them; `normalized` [B, E], each of length 1.
 */
export function siglipTextTower(
  config: SiglipTextConfig,
  embeddingWidth: number,
  texts: number,
): Tower {
  const { vocabularySize, contextLength, width, epsilon } = config;
  const g = new GraphBuilder();
  const tokens = g.input('tokens', texts * contextLength, width);
  const offsets = g.input('offsets', texts + 1, 1, 'i32');
  const lastRows = g.input('lastRows', texts, 1, 'i32');

  g.parameter(TOKEN_TABLE, [vocabularySize, width]);
  const positionEmbedding = g.parameter('text.positionEmbedding', [contextLength, width]);

  const longest = contextLength;
  let x = g.add(tokens, positionEmbedding); // [B·T, D]
  x = transformer(g, x, 'text.blocks', { config, offsets, longest, causal: false }); // [B·T, D]
  x = g.select(x, lastRows); // [B, D]
  x = g.layerNorm(x, affine(g, 'text.finalNorm', [width]), epsilon);
  x = linear(g, x, 'text.head', embeddingWidth); // [B, E]
  g.output('embeddings', x);
  g.output('normalized', g.l2Normalize(x));
  const constants = {
    offsets: multiples(texts + 1, contextLength),
    lastRows: multiples(texts, contextLength, contextLength - 1),
  };
  return { graph: g.build(), parameters: g.parameters, constants };
}
