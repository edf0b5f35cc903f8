import { parseConfig } from '../config/config-json.ts';
import { imageTowerOf, textTowerOf } from '../model/towers.ts';
import { type ModelFiles, modelFromBytes } from '../model-files.ts';
import { SIGLIP_MODEL } from '../weights/layouts/siglip-model.ts';
import { safetensorsFile } from './safetensors-file.ts';
import { seededNumbers, seedOf } from './seeded.ts';

const TRANSFORMER = {
  hidden_size: 16,
  intermediate_size: 24,
  num_hidden_layers: 1,
  num_attention_heads: 2,
};
const CONFIG = {
  model_type: 'siglip',
  vision_config: { ...TRANSFORMER, image_size: 8, patch_size: 4 },
  text_config: { ...TRANSFORMER, vocab_size: 1000, max_position_embeddings: 8 },
};
export const LOGIT_SCALE = 10;
export const LOGIT_BIAS = -2;

/** A SigLIP of random weights, in memory: its files by name. */
export function siglipFiles(): Record<string, Uint8Array> {
  const config = parseConfig(json(CONFIG));
  const tensors = new Map<string, { shape: number[]; values: Float32Array }>([
    ['logit_scale', { shape: [1], values: Float32Array.of(Math.log(LOGIT_SCALE)) }],
    ['logit_bias', { shape: [1], values: Float32Array.of(LOGIT_BIAS) }],
  ]);
  const towers = [imageTowerOf(config, 1), textTowerOf(config, { texts: 1, tokens: 8 })];
  for (const { name, shape } of towers.flatMap(({ parameters }) => parameters)) {
    const { tensor, part } = SIGLIP_MODEL.place(name);
    const whole = [shape[0]! * (part?.of ?? 1), ...shape.slice(1)];
    const count = whole.reduce((a, b) => a * b, 1);
    tensors.set(tensor, { shape: whole, values: seededNumbers(count, seedOf(tensor), 0.5) });
  }
  return {
    'config.json': json(CONFIG),
    'preprocessor_config.json': json({ size: 8, crop_size: 8 }),
    'tokenizer.json': json(TOKENIZER),
    'tokenizer_config.json': json({ pad_token: '<pad>' }),
    'model.safetensors': checkpoint(tensors),
  };
}

export const siglipModel = (): ModelFiles => modelFromBytes('siglip', siglipFiles());

const SPECIAL = ['<pad>', '</s>', '<unk>'];
const WORDS: Readonly<Record<number, string>> = {
  3: '▁cat',
  4: '▁a',
  5: '▁photo',
  6: '▁of',
  999: '▁dog',
};

/** SigLIP's kind: unigrams, then the end token. */
const TOKENIZER = {
  added_tokens: SPECIAL.map((content, id) => ({
    ...{ id, content, special: true },
    ...{ single_word: false, lstrip: false, rstrip: false, normalized: false },
  })),
  normalizer: null,
  pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true },
  post_processor: {
    type: 'TemplateProcessing',
    single: [{ Sequence: { id: 'A', type_id: 0 } }, { SpecialToken: { id: '</s>', type_id: 0 } }],
    pair: [],
    special_tokens: { '</s>': { id: '</s>', ids: [1], tokens: ['</s>'] } },
  },
  decoder: null,
  model: {
    type: 'Unigram',
    unk_id: 2,
    vocab: Array.from({ length: 1000 }, (_, id) => [SPECIAL[id] ?? WORDS[id] ?? `<${id}>`, -1]),
    byte_fallback: false,
  },
};

function checkpoint(
  tensors: ReadonlyMap<string, { shape: number[]; values: Float32Array }>,
): Uint8Array {
  let end = 0;
  const header = Object.fromEntries(
    [...tensors].map(([name, { shape, values }]) => {
      const begin = end;
      end += values.byteLength;
      return [name, { dtype: 'F32', shape, data_offsets: [begin, end] }];
    }),
  );
  const data = new Float32Array(end / 4);
  let at = 0;
  for (const { values } of tensors.values()) {
    data.set(values, at);
    at += values.length;
  }
  return safetensorsFile(JSON.stringify(header), new Uint8Array(data.buffer));
}

const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
