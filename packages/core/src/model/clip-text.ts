/**
 * CLIP's text tower, a causal transformer.
 *
 * B texts, T tokens each, start and end token included; ΣT rows in all. Nothing after the end token
 * can change the embedding, since no token sees a later one: texts end there and are not padded.
 * D width, E width of the embedding.
 *
 * @see https://github.com/openai/CLIP/blob/main/clip/model.py, CLIP.encode_text
 */
import type { ClipTextConfig } from '../config/clip-config.ts';
import { GraphBuilder } from '../graph/graph.ts';
import type { Tower } from './tower.ts';
import { affine, transformer } from './transformer.ts';

/**
 * The graph from token ids to embeddings, for B texts of ΣT tokens together.
 *
 * Inputs, all i32: `ids` [ΣT]; `positions` [ΣT], counted from 0 in each text; `offsets` [B + 1],
 * where each text begins; `endRows` [B], the row of each text's end token. Outputs: `embeddings`
 * [B, E], as projected; `normalized` [B, E], each of length 1.
 */
export function textTower(
  config: ClipTextConfig,
  embeddingWidth: number,
  { texts, tokens }: { texts: number; tokens: number },
): Tower {
  const { vocabularySize, contextLength, width, epsilon } = config;
  const g = new GraphBuilder();
  const ids = g.input('ids', tokens, 1, 'i32');
  const positions = g.input('positions', tokens, 1, 'i32');
  const offsets = g.input('offsets', texts + 1, 1, 'i32');
  const endRows = g.input('endRows', texts, 1, 'i32');

  const tokenEmbedding = g.parameter('text.tokenEmbedding', [vocabularySize, width]);
  const positionEmbedding = g.parameter('text.positionEmbedding', [contextLength, width]);

  let x = g.add(g.embed(tokenEmbedding, ids), g.embed(positionEmbedding, positions)); // [ΣT, D]
  const longest = contextLength;
  x = transformer(g, x, 'text.blocks', { config, offsets, longest, causal: true }); // [ΣT, D]
  x = g.select(x, endRows); // [B, D]
  x = g.layerNorm(x, affine(g, 'text.finalNorm', [width]), epsilon);
  x = g.linear(x, g.parameter('text.projection', [embeddingWidth, width])); // [B, E]
  g.output('embeddings', x);
  g.output('normalized', g.l2Normalize(x));
  return { graph: g.build(), parameters: g.parameters, constants: {} };
}
