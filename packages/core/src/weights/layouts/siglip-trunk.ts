/** The image tower of open_clip's `TimmModel` with one of timm's SigLIP trunks. */
import { type Names, type Place, placeByNames } from './layout.ts';

const TRUNK = 'visual.trunk';

/** In the blocks the three projections are stacked; in the pool, the probe's is apart. */
const STACKED = {
  query: { index: 0, of: 3 },
  key: { index: 1, of: 3 },
  value: { index: 2, of: 3 },
} as const;
const STACKED_IN_POOL = { key: { index: 0, of: 2 }, value: { index: 1, of: 2 } } as const;

const NAMES: Names = {
  exact: {
    'vision.positionEmbedding': { tensor: `${TRUNK}.pos_embed`, view: 'batched' },
    'vision.head.probe': `${TRUNK}.attn_pool.latent`,
  },
  prefixes: [
    ['vision.patchEmbedding.', `${TRUNK}.patch_embed.proj.`],
    ['vision.postNorm.', `${TRUNK}.norm.`],
    ['vision.blocks.', `${TRUNK}.blocks.`],
    ['vision.head.attention.query.', `${TRUNK}.attn_pool.q.`],
    ['vision.head.attention.output.', `${TRUNK}.attn_pool.proj.`],
    ['vision.head.', `${TRUNK}.attn_pool.`],
  ],
  inside: [
    ['.attention.output.', '.attn.proj.'],
    ['.mlp.expand.', '.mlp.fc1.'],
    ['.mlp.contract.', '.mlp.fc2.'],
  ],
};

export function SIGLIP_TRUNK(name: string): Place {
  const [, block, part, kind] =
    /^vision\.blocks\.(\d+)\.attention\.(query|key|value)\.(weight|bias)$/.exec(name) ?? [];
  if (block !== undefined) {
    const tensor = `${TRUNK}.blocks.${block}.attn.qkv.${kind}`;
    return { tensor, part: STACKED[part as keyof typeof STACKED] };
  }
  const [, pooled, of] = /^vision\.head\.attention\.(key|value)\.(weight|bias)$/.exec(name) ?? [];
  if (pooled === undefined) return placeByNames(NAMES, name);
  return {
    tensor: `${TRUNK}.attn_pool.kv.${of}`,
    part: STACKED_IN_POOL[pooled as keyof typeof STACKED_IN_POOL],
  };
}
