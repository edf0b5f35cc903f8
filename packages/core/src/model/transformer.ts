/**
 * The pre-norm transformer that the towers are made of.
 *
 * B sequences, T tokens each, D width, H heads, M width of the MLP. The rows of a batch lie end to
 * end: a tensor is [ΣT, D], and B·T where all sequences are equally long.
 *
 * @see https://github.com/openai/CLIP/blob/main/clip/model.py, ResidualAttentionBlock
 * @see Radford et al. 2021, "Learning Transferable Visual Models From Natural Language Supervision"
 */
import type { TransformerConfig } from '../config/clip-config.ts';
import type { Affine, GraphBuilder, Tensor } from '../graph/graph.ts';

/** What the blocks of one tower share. */
export interface TransformerOptions {
  readonly config: TransformerConfig;
  /** Where the sequences begin, [B + 1] i32. */
  readonly offsets: Tensor;
  /** The most tokens of a sequence. */
  readonly longest: number;
  /** Whether a token sees only those before it and itself. */
  readonly causal: boolean;
  /** The one row of each sequence, [B] i32, that is wanted of the last block; all unless given. */
  readonly lastRows?: Tensor;
}

export function transformer(
  g: GraphBuilder,
  x: Tensor,
  name: string,
  options: TransformerOptions,
): Tensor {
  const { lastRows, ...all } = options;
  const last = options.config.layers - 1;
  let y = x;
  for (let layer = 0; layer <= last; layer++) {
    y = residualBlock(g, y, `${name}.${layer}`, layer === last ? options : all);
  }
  return y; // [ΣT, D], or [B, D]
}

function residualBlock(
  g: GraphBuilder,
  x: Tensor,
  name: string,
  options: TransformerOptions,
): Tensor {
  const { config, lastRows } = options;
  const { width, epsilon } = config;
  const norm1 = g.layerNorm(x, affine(g, `${name}.norm1`, [width]), epsilon);
  const own = lastRows === undefined ? x : g.select(x, lastRows);
  const attended = g.add(own, selfAttention(g, norm1, `${name}.attention`, options));
  const norm2 = g.layerNorm(attended, affine(g, `${name}.norm2`, [width]), epsilon);
  return g.add(attended, mlp(g, norm2, `${name}.mlp`, config)); // [ΣT, D], or [B, D]
}

function selfAttention(
  g: GraphBuilder,
  x: Tensor,
  name: string,
  { config, offsets, longest, causal, lastRows }: TransformerOptions,
): Tensor {
  const { width, heads } = config;
  const asking = lastRows === undefined ? x : g.select(x, lastRows);
  const query = linear(g, asking, `${name}.query`, width); // [ΣT, D], or [B, D]
  const key = linear(g, x, `${name}.key`, width);
  const value = linear(g, x, `${name}.value`, width);
  const queries = lastRows === undefined ? {} : { queries: 1 };
  const context = g.attention(query, key, value, { offsets, heads, causal, longest, ...queries });
  return linear(g, context, `${name}.output`, width);
}

export function mlp(g: GraphBuilder, x: Tensor, name: string, config: TransformerConfig): Tensor {
  const expanded = linear(g, x, `${name}.expand`, config.mlpWidth); // [ΣT, M]
  const activated = g.gelu(expanded, config.activation);
  return linear(g, activated, `${name}.contract`, config.width); // [ΣT, D]
}

/** A linear layer with its weights `NAME.weight` and `NAME.bias`. */
export function linear(g: GraphBuilder, x: Tensor, name: string, out: number): Tensor {
  const { weight, bias } = affine(g, name, [out, x.columns]);
  return g.linear(x, weight, bias);
}

/** Declares `NAME.weight` with this shape, and `NAME.bias` with its first dimension. */
export function affine(
  g: GraphBuilder,
  name: string,
  shape: readonly [number, ...number[]],
): Affine {
  return {
    weight: g.parameter(`${name}.weight`, shape),
    bias: g.parameter(`${name}.bias`, [shape[0]]),
  };
}
