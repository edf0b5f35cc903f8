import type { Tensor, TensorReader } from './checkpoint-reader.ts';

const TOWERS = { vision_model: 'visual.transformer', text_model: 'transformer' } as const;
const LAYERS: Readonly<Record<string, string>> = {
  layer_norm1: 'ln_1',
  layer_norm2: 'ln_2',
  'mlp.fc1': 'mlp.c_fc',
  'mlp.fc2': 'mlp.c_proj',
  'self_attn.out_proj': 'attn.out_proj',
};
/** The rows of `in_proj`, a third each. */
const PACKED = ['q_proj', 'k_proj', 'v_proj'];
const OTHERS: Readonly<Record<string, string>> = {
  'text_model.embeddings.token_embedding.weight': 'token_embedding.weight',
  'text_model.embeddings.position_embedding.weight': 'positional_embedding',
  'text_model.final_layer_norm.weight': 'ln_final.weight',
  'text_model.final_layer_norm.bias': 'ln_final.bias',
  'vision_model.embeddings.class_embedding': 'visual.class_embedding',
  'vision_model.embeddings.patch_embedding.weight': 'visual.conv1.weight',
  'vision_model.embeddings.position_embedding.weight': 'visual.positional_embedding',
  'vision_model.pre_layrnorm.weight': 'visual.ln_pre.weight',
  'vision_model.pre_layrnorm.bias': 'visual.ln_pre.bias',
  'vision_model.post_layernorm.weight': 'visual.ln_post.weight',
  'vision_model.post_layernorm.bias': 'visual.ln_post.bias',
};
/** Laid out [in, out], where transformers has [out, in]. */
const PROJECTIONS: Readonly<Record<string, string>> = {
  'text_projection.weight': 'text_projection',
  'visual_projection.weight': 'visual.proj',
};
const LAYER = /^(vision_model|text_model)\.encoder\.layers\.(\d+)\.(.+)\.(weight|bias)$/;

/** A checkpoint of open_clip under transformers' names; other names are its own. */
export class OpenClipTensors implements TensorReader {
  readonly #checkpoint: TensorReader;

  constructor(checkpoint: TensorReader) {
    this.#checkpoint = checkpoint;
  }

  async read(name: string): Promise<Tensor> {
    const projection = PROJECTIONS[name];
    if (projection !== undefined) {
      const { shape, values } = await this.#checkpoint.read(projection);
      const [inputs, outputs] = shape as [number, number];
      return { shape: [outputs, inputs], values: transposed(values, inputs, outputs) };
    }
    const [, tower, index, layer, kind] = LAYER.exec(name) ?? [];
    if (layer === undefined) return this.#checkpoint.read(OTHERS[name] ?? name);
    const block = `${TOWERS[tower as keyof typeof TOWERS]}.resblocks.${index}`;
    const part = PACKED.indexOf(layer.replace('self_attn.', ''));
    if (part === -1) return this.#checkpoint.read(`${block}.${LAYERS[layer]}.${kind}`);
    const { shape, values } = await this.#checkpoint.read(`${block}.attn.in_proj_${kind}`);
    const length = values.length / PACKED.length;
    return {
      shape: [shape[0]! / PACKED.length, ...shape.slice(1)],
      values: values.slice(part * length, (part + 1) * length),
    };
  }
}

/** [R, C] to [C, R]. */
export function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      result[column * rows + row] = values[row * columns + column]!;
    }
  }
  return result;
}
