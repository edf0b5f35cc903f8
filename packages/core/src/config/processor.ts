import type { PreprocessConfig } from '../image/preprocess.ts';
import type { ResizeFilter } from '../image/resize/filters.ts';
import { Fields, isJsonObject, type JsonObject, parseJsonObject } from '../json.ts';
import { channelTriple, OPENAI_MEAN, OPENAI_STD } from './channels.ts';

/** What a class of image processors does where its file says nothing. */
interface ProcessorClass {
  /** Its names in the libraries, `ImageProcessor` and what follows it left out. */
  readonly name: string;
  /** Whether a single number for `size` means a square. */
  readonly square: boolean;
  readonly centerCrop: boolean;
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

const CLIP: ProcessorClass = {
  name: 'CLIP',
  square: false,
  centerCrop: true,
  mean: OPENAI_MEAN,
  std: OPENAI_STD,
};
const SIGLIP: ProcessorClass = {
  name: 'Siglip',
  square: true,
  centerCrop: false,
  mean: [0.5, 0.5, 0.5],
  std: [0.5, 0.5, 0.5],
};

/** Pillow's numbers of its filters. */
const RESAMPLE: readonly ResizeFilter[] = [
  'nearest',
  'lanczos',
  'bilinear',
  'bicubic',
  'box',
  'hamming',
];

/** Steps that are obeyed; a further one that is on is refused. */
const STEPS: ReadonlySet<string> = new Set([
  ...['do_resize', 'do_center_crop', 'do_rescale', 'do_normalize', 'do_convert_rgb'],
  'use_square_size',
]);

/** Fields of other processors that change pixels. */
const FOREIGN_FIELDS = [
  ...['crop_pct', 'max_num_patches', 'max_pixels', 'min_pixels', 'offset', 'pad_size'],
  ...['patch_size', 'rescale_offset', 'resize_mode', 'size_divisor', 'size_divisibility'],
];

/**
 * Reads `preprocessor_config.json`, as transformers 4 writes it for a `CLIPImageProcessor` or a
 * `SiglipImageProcessor`. `size` and `crop_size` may be a number, `{shortest_edge}`, `{height,
 * width}` or `[height, width]`; fields that are left out have the class's defaults. Whatever
 * `do_convert_rgb` says, pictures are RGB.
 *
 * @throws ClipError MODEL_CONFIG_INVALID for a malformed field, for steps that would give the model
 *   something other than `imageSize` × `imageSize` pixels, and for fields that are not obeyed.
 * @see transformers `models/clip/image_processing_clip.py`, `image_processing_utils.py`
 */
export function parsePreprocessConfig(bytes: Uint8Array, imageSize: number): PreprocessConfig {
  const file = 'preprocessor_config.json';
  return preprocessConfig(parseJsonObject(bytes, file), `${file}: `, imageSize);
}

/**
 * Reads the `image_processor` of a `processor_config.json`, which is all that transformers 5 writes.
 *
 * @returns undefined where the file has none: transformers 4 writes such files beside
 *   `preprocessor_config.json`.
 * @throws ClipError as {@link parsePreprocessConfig}.
 */
export function parseProcessorConfig(
  bytes: Uint8Array,
  imageSize: number,
): PreprocessConfig | undefined {
  const file = 'processor_config.json';
  const nested = parseJsonObject(bytes, file).image_processor;
  if (!isJsonObject(nested)) return undefined;
  return preprocessConfig(nested, `${file}: image_processor.`, imageSize);
}

function preprocessConfig(json: JsonObject, path: string, imageSize: number): PreprocessConfig {
  const fields = new Fields(json, path);
  const kind = processorClass(fields);
  refuseForeign(fields, json);
  const resize = resizeTarget(fields, path, kind);
  if (fields.boolean('do_center_crop', kind.centerCrop)) {
    const { width, height } = squareOf(fields, path, 'crop_size');
    if (width !== height) throw fields.unexpected('crop_size', 'a square');
    if (width !== imageSize) {
      throw fields.unexpected('crop_size', `the model's image_size ${imageSize}`);
    }
  } else if (resize === 'none' || !('width' in resize)) {
    throw fields.unexpected('do_center_crop', 'true, as the size keeps the shape of pictures');
  } else if (resize.width !== imageSize || resize.height !== imageSize) {
    throw fields.unexpected('size', `the model's image_size ${imageSize}`);
  }
  const resample = fields.nonNegativeInteger('resample', RESAMPLE.indexOf('bicubic'));
  const filter = RESAMPLE[resample];
  if (filter === undefined) throw fields.unexpected('resample', "one of Pillow's filters, 0 to 5");
  const normalise = fields.boolean('do_normalize', true);
  fields.boolean('do_convert_rgb', true);
  return {
    resize,
    filter,
    crop: imageSize,
    fill: [0, 0, 0],
    rescaleFactor: fields.boolean('do_rescale', true)
      ? fields.positiveNumber('rescale_factor', 1 / 255)
      : 1,
    mean: normalise ? channelTriple(fields, 'image_mean', kind.mean) : [0, 0, 0],
    std: normalise ? channelTriple(fields, 'image_std', kind.std, 'positive') : [1, 1, 1],
  };
}

function processorClass(fields: Fields): ProcessorClass {
  const field = fields.has('image_processor_type')
    ? 'image_processor_type'
    : 'feature_extractor_type';
  if (!fields.has(field)) return CLIP;
  for (const kind of [CLIP, SIGLIP]) {
    const names = new RegExp(`^${kind.name}(?:ImageProcessor(?:Fast|Pil)?|FeatureExtractor)$`);
    if (names.test(String(fields.raw(field)))) return kind;
  }
  throw fields.unexpected(field, '"CLIPImageProcessor" or "SiglipImageProcessor"');
}

function refuseForeign(fields: Fields, json: JsonObject): void {
  for (const name of Object.keys(json)) {
    if (/^(?:do|use)_/.test(name) && !STEPS.has(name) && json[name] === true) {
      throw fields.unexpected(name, 'false: ClipQL has no such step');
    }
  }
  for (const name of FOREIGN_FIELDS) {
    if (fields.has(name)) throw fields.unexpected(name, 'nothing: ClipQL has no such step');
  }
}

function resizeTarget(
  fields: Fields,
  path: string,
  kind: ProcessorClass,
): PreprocessConfig['resize'] {
  const squareSize = fields.boolean('use_square_size', false);
  if (!fields.boolean('do_resize', true)) return 'none';
  const size = fields.raw('size');
  if (isJsonObject(size)) {
    const nested = new Fields(size, `${path}size.`);
    for (const name of ['longest_edge', 'max_height', 'max_width']) {
      // transformers' own classes disagree on what it means.
      if (nested.has(name)) throw nested.unexpected(name, 'nothing');
    }
    if (nested.has('shortest_edge'))
      return edge(nested.positiveInteger('shortest_edge', 224, 4096));
    if (!nested.has('height') || !nested.has('width')) {
      throw fields.unexpected('size', 'a number, {"shortest_edge"} or {"height", "width"}');
    }
  } else if (!Array.isArray(size)) {
    return edge(fields.positiveInteger('size', 224, 4096), kind.square);
  }
  return squareOf(fields, path, 'size');

  function edge(length: number, square = false): PreprocessConfig['resize'] {
    const isSquare = squareSize || fields.boolean('default_to_square', square);
    return isSquare && (squareSize || !isJsonObject(size))
      ? { width: length, height: length }
      : { shortestEdge: length };
  }
}

/** A size of two sides: a number for both, `{height, width}` or `[height, width]`. */
function squareOf(
  fields: Fields,
  path: string,
  name: 'size' | 'crop_size',
): { width: number; height: number } {
  const value = fields.raw(name);
  if (Array.isArray(value) && value.length !== 2) {
    throw fields.unexpected(name, 'a number, {"height", "width"} or [height, width]');
  }
  const sides = Array.isArray(value) ? { height: value[0], width: value[1] } : value;
  if (!isJsonObject(sides)) {
    const side = fields.positiveInteger(name, 224, 4096);
    return { width: side, height: side };
  }
  const nested = new Fields(sides, `${path}${name}.`);
  for (const side of ['height', 'width']) {
    if (!nested.has(side)) throw fields.unexpected(name, 'a number, {"height", "width"}');
  }
  return {
    width: nested.positiveInteger('width', 224, 4096),
    height: nested.positiveInteger('height', 224, 4096),
  };
}
