import type { ByteSource, ModelFiles } from '@clipql/core';

/** The image tower of ViT-B/32 with two of its twelve layers. */
const VISION = { hidden_size: 768, intermediate_size: 3072, num_hidden_layers: 2 };
/** The least text tower that there can be. */
const TEXT = { hidden_size: 8, intermediate_size: 8, num_hidden_layers: 1 };
const PATCH = 32;
const TOKENS = 50;
const CONTEXT = 4;
const PROJECTION = 512;
const END = '<|endoftext|>';

/**
 * A model to time, with weights that mean nothing: a forward pass takes as long whatever they are.
 *
 * @returns files that nobody stores.
 */
export function probeModel(): ModelFiles {
  const files: Readonly<Record<string, unknown>> = {
    'config.json': {
      projection_dim: PROJECTION,
      vision_config: { ...VISION, num_attention_heads: 12, patch_size: PATCH, image_size: 224 },
      text_config: {
        ...TEXT,
        ...{ num_attention_heads: 1, vocab_size: 3, max_position_embeddings: CONTEXT },
        eos_token_id: 1,
      },
    },
    'preprocessor_config.json': { size: 224, crop_size: 224 },
    'tokenizer.json': TOKENIZER,
  };
  return {
    name: 'probe',
    read: async (name) => {
      const file = files[name];
      return file === undefined ? undefined : new TextEncoder().encode(JSON.stringify(file));
    },
    openWeights: async () => weights(),
  };
}

/** As CLIP's `tokenizer.json` splits texts: other patterns are refused. */
const WORDS =
  "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";
const START = '<|startoftext|>';
const special = (content: string, id: number) => ({
  ...{ id, content, special: true },
  ...{ single_word: false, lstrip: false, rstrip: false, normalized: false },
});
const TOKENIZER = {
  added_tokens: [special(START, 0), special(END, 1)],
  normalizer: { type: 'Lowercase' },
  pre_tokenizer: {
    type: 'Sequence',
    pretokenizers: [
      { type: 'Split', pattern: { Regex: WORDS }, behavior: 'Removed', invert: true },
      { type: 'ByteLevel', add_prefix_space: false },
    ],
  },
  post_processor: { type: 'RobertaProcessing', sep: [END, 1], cls: [START, 0] },
  model: {
    type: 'BPE',
    unk_token: END,
    end_of_word_suffix: '</w>',
    vocab: { [START]: 0, [END]: 1, 'a</w>': 2 },
    merges: [],
  },
};

/** `model.safetensors`, made as it is read. */
function weights(): ByteSource {
  let end = 0;
  const header = Object.fromEntries(
    tensors().map(([name, ...shape]) => {
      const begin = end;
      end += 4 * shape.reduce((a, b) => a * b, 1);
      return [name, { dtype: 'F32', shape, data_offsets: [begin, end] }];
    }),
  );
  const text = new TextEncoder().encode(JSON.stringify(header));
  const start = new Uint8Array(8 + text.length);
  new DataView(start.buffer).setBigUint64(0, BigInt(text.length), true);
  start.set(text, 8);
  return {
    size: start.length + end,
    read: async (offset, target) => {
      for (let i = 0; i < target.length; ) {
        const at = offset + i;
        const from = at < start.length ? start : PATTERN;
        const skip = at < start.length ? at : (at - start.length) % PATTERN.length;
        const part = from.subarray(skip, skip + target.length - i);
        target.set(part, i);
        i += part.length;
      }
    },
    close: async () => {},
  };
}

/** Values in [−0.05, 0.05). */
const PATTERN = new Uint8Array(
  Float32Array.from({ length: 1021 }, (_, i) => ((i * 389) % 1000) / 1e4 - 0.05).buffer,
);

type Tensor = readonly [name: string, ...shape: number[]];

function tensors(): readonly Tensor[] {
  const [width, text] = [VISION.hidden_size, TEXT.hidden_size];
  return [
    ['logit_scale'],
    ['visual_projection.weight', PROJECTION, width],
    ['vision_model.embeddings.class_embedding', width],
    ['vision_model.embeddings.patch_embedding.weight', width, 3, PATCH, PATCH],
    ['vision_model.embeddings.position_embedding.weight', TOKENS, width],
    ...norm('vision_model.pre_layrnorm', width),
    ...norm('vision_model.post_layernorm', width),
    ...layers('vision_model', VISION),
    ['text_projection.weight', PROJECTION, text],
    ['text_model.embeddings.token_embedding.weight', 3, text],
    ['text_model.embeddings.position_embedding.weight', CONTEXT, text],
    ...norm('text_model.final_layer_norm', text),
    ...layers('text_model', TEXT),
  ];
}

function layers(tower: string, sizes: typeof VISION): readonly Tensor[] {
  const { hidden_size: width, intermediate_size: inner } = sizes;
  return Array.from({ length: sizes.num_hidden_layers }, (_, i) => {
    const layer = `${tower}.encoder.layers.${i}`;
    const attention = ['q_proj', 'k_proj', 'v_proj', 'out_proj'];
    return [
      ...norm(`${layer}.layer_norm1`, width),
      ...norm(`${layer}.layer_norm2`, width),
      ...attention.flatMap((part) => linear(`${layer}.self_attn.${part}`, width, width)),
      ...linear(`${layer}.mlp.fc1`, inner, width),
      ...linear(`${layer}.mlp.fc2`, width, inner),
    ];
  }).flat();
}

const norm = (name: string, width: number): readonly Tensor[] => [
  [`${name}.weight`, width],
  [`${name}.bias`, width],
];
const linear = (name: string, out: number, width: number): readonly Tensor[] => [
  [`${name}.weight`, out, width],
  [`${name}.bias`, out],
];
