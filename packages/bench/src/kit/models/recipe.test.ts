import { describe, expect, test } from 'vitest';
import { fillWeight, fnv1a, recipePixels } from './recipe.ts';

// Expected values were computed in Python with arbitrary integers and NumPy's float32.

describe('fnv1a', () => {
  test.each([
    ['', 2166136261],
    ['a', 3826002220],
    ['pixel_values', 1887384366],
  ])('of %j is the published hash', (name, hash) => {
    expect(fnv1a(name)).toBe(hash);
  });
});

describe('fillWeight gives exactly the float32 values of the recipe', () => {
  test.each([
    ['vision_model.pre_layrnorm.weight', [5], 0, [1.0773969888687134, 0.8108377456665039]],
    ['vision_model.post_layernorm.bias', [5], 4, [0.07358350604772568]],
    ['text_model.encoder.layers.0.mlp.fc1.bias', [5], 0, [-0.029868874698877335]],
    ['text_model.embeddings.position_embedding.weight', [2, 3], 5, [0.03455658257007599]],
    ['vision_model.embeddings.patch_embedding.weight', [2, 3, 2, 2], 0, [0.4950415790081024]],
    ['text_projection.weight', [2, 3], 1, [0.5492291450500488, -0.9960624575614929]],
    ['logit_scale', [], 0, [4.605199813842773]],
  ])('%s %j from %i', (name, shape, first, values) => {
    const target = new Float32Array(values.length);
    fillWeight(name, shape, first, target);
    expect([...target]).toEqual(values);
  });

  test('far into a large tensor, where the index times the step passes 2^53', () => {
    const target = new Float32Array(2);
    const name = 'text_model.embeddings.token_embedding.weight';
    fillWeight(name, [49408, 512], 20_000_000, target);
    expect([...target]).toEqual([0.00796889141201973, 0.03118186630308628]);
  });
});

describe('recipePixels', () => {
  test('numbers the values of all images in one row-major run', () => {
    const [first, second] = recipePixels(2, 2, 0);
    expect([...first!.slice(0, 2)]).toEqual([-1.1089603900909424, 1.2344194650650024]);
    expect([...second!.slice(0, 2)]).toEqual([-1.5882763862609863, 1.1767688989639282]);
  });

  test.each([
    [7, [-0.9583553075790405, -1.9514703750610352, -0.33481913805007935]],
    [4_000_000_000, [1.823862910270691, -1.257960557937622, -0.06685328483581543]],
  ])('takes seed %i', (seed, values) => {
    const [pixels] = recipePixels(1, 1, seed);
    expect([...pixels!]).toEqual(values);
  });
});
