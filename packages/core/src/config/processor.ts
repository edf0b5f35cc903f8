import type { PreprocessConfig } from '../image/preprocess.ts';
import { Fields, isJsonObject, parseJsonObject } from '../json.ts';

const OPENAI_MEAN = [0.48145466, 0.4578275, 0.40821073] as const;
const OPENAI_STD = [0.26862954, 0.26130258, 0.27577711] as const;
/** Pillow's number for bicubic, the only filter that CLIP was trained with. */
const PILLOW_BICUBIC = 3;

/**
 * Reads `preprocessor_config.json` of a `CLIPImageProcessor`. `size` may be a number,
 * `{shortest_edge}` or `{height, width}`, `crop_size` a number or `{height, width}`; fields that
 * are left out have `CLIPImageProcessor`'s defaults.
 *
 * @throws ClipError MODEL_CONFIG_INVALID for a malformed field, for steps that would give the model
 *   something other than `imageSize` × `imageSize` pixels, and for a filter other than bicubic.
 * @see transformers `models/clip/image_processing_clip.py`
 */
export function parsePreprocessConfig(bytes: Uint8Array, imageSize: number): PreprocessConfig {
  const fields = new Fields(
    parseJsonObject(bytes, 'preprocessor_config.json'),
    'preprocessor_config.json: ',
  );
  if (fields.positiveInteger('resample', PILLOW_BICUBIC) !== PILLOW_BICUBIC) {
    throw fields.unexpected('resample', `${PILLOW_BICUBIC} (bicubic)`);
  }
  for (const step of ['do_resize', 'do_center_crop']) {
    if (!fields.boolean(step, true)) throw fields.unexpected(step, 'true');
  }
  const crop = cropSize(fields);
  if (crop !== imageSize) {
    throw fields.unexpected('crop_size', `the model's image_size ${imageSize}`);
  }
  const resize = resizeTarget(fields);
  const shortest =
    'shortestEdge' in resize ? resize.shortestEdge : Math.min(resize.width, resize.height);
  if (shortest < crop) throw fields.unexpected('size', `at least the crop_size ${crop}`);

  const normalise = fields.boolean('do_normalize', true);
  return {
    resize,
    crop,
    rescaleFactor: fields.boolean('do_rescale', true)
      ? fields.positiveNumber('rescale_factor', 1 / 255)
      : 1,
    mean: normalise ? channelTriple(fields, 'image_mean', OPENAI_MEAN) : [0, 0, 0],
    std: normalise ? channelTriple(fields, 'image_std', OPENAI_STD) : [1, 1, 1],
  };
}

function resizeTarget(fields: Fields): PreprocessConfig['resize'] {
  const size = fields.raw('size');
  if (!isJsonObject(size)) return { shortestEdge: fields.positiveInteger('size', 224, 4096) };
  const nested = new Fields(size, 'preprocessor_config.json: size.');
  if (nested.has('shortest_edge')) {
    return { shortestEdge: nested.positiveInteger('shortest_edge', 224, 4096) };
  }
  if (nested.has('height') && nested.has('width')) {
    return {
      width: nested.positiveInteger('width', 224, 4096),
      height: nested.positiveInteger('height', 224, 4096),
    };
  }
  throw fields.unexpected('size', 'a number, {"shortest_edge"} or {"height", "width"}');
}

function cropSize(fields: Fields): number {
  const crop = fields.raw('crop_size');
  if (!isJsonObject(crop)) return fields.positiveInteger('crop_size', 224, 4096);
  const nested = new Fields(crop, 'preprocessor_config.json: crop_size.');
  const height = nested.positiveInteger('height', 224, 4096);
  const width = nested.positiveInteger('width', 224, 4096);
  if (height !== width) throw fields.unexpected('crop_size', 'a square');
  return height;
}

function channelTriple(
  fields: Fields,
  name: 'image_mean' | 'image_std',
  fallback: readonly [number, number, number],
): readonly [number, number, number] {
  if (!fields.has(name)) return fallback;
  const value = fields.raw(name);
  const usable = (n: unknown) =>
    typeof n === 'number' && Number.isFinite(n) && (name === 'image_mean' || n > 0);
  if (!Array.isArray(value) || value.length !== 3 || !value.every(usable)) {
    throw fields.unexpected(name, 'three numbers, one a channel');
  }
  return [value[0], value[1], value[2]];
}
