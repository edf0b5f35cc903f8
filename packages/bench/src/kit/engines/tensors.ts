import type { JsonObject } from '../input-file.ts';
import { imageSizeOf } from '../models/clip-sizes.ts';
import { recipePixels } from '../models/recipe.ts';
import type { ImageWorkload, TextWorkload } from './workload.ts';

/** An input of an ONNX graph. */
export interface InputTensor<Values> {
  readonly values: Values;
  readonly shape: readonly number[];
}

/** `pixel_values` [B, 3, S, S] */
export function pixelTensor(
  { batch }: ImageWorkload,
  config: JsonObject,
): InputTensor<Float32Array> {
  const size = imageSizeOf(config);
  const values = new Float32Array(batch * 3 * size * size);
  recipePixels(batch, size, 0).forEach((image, i) => {
    values.set(image, i * image.length);
  });
  return { values, shape: [batch, 3, size, size] };
}

/** `input_ids` [B, T], padded with id 0 after the end token. */
export function idTensor({ ids, padTo }: TextWorkload): InputTensor<BigInt64Array> {
  const values = new BigInt64Array(ids.length * padTo);
  ids.forEach((text, row) => {
    text.forEach((id, column) => {
      values[row * padTo + column] = BigInt(id);
    });
  });
  return { values, shape: [ids.length, padTo] };
}
