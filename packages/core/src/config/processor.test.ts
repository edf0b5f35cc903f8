import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseOpenClipPreprocess } from './open-clip-preprocess.ts';
import { readPreprocessing } from './preprocessing.ts';
import { parsePreprocessConfig } from './processor.ts';

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const preprocess = (value: unknown, imageSize = 224) =>
  parsePreprocessConfig(bytes(value), imageSize);

const OPENAI = {
  resize: { shortestEdge: 224 },
  filter: 'bicubic',
  crop: 224,
  fill: [0, 0, 0],
  rescaleFactor: 1 / 255,
  mean: [0.48145466, 0.4578275, 0.40821073],
  std: [0.26862954, 0.26130258, 0.27577711],
};
const SQUARE = { width: 224, height: 224 };

test.each<[string, unknown]>([
  ['nothing', {}],
  ['numbers', { size: 224, crop_size: 224 }],
  ['objects', { size: { shortest_edge: 224 }, crop_size: { height: 224, width: 224 } }],
  ['a list', { crop_size: [224, 224], do_pad: false, do_convert_rgb: null }],
])('size and crop_size as %s mean the same', (_, value) => {
  expect(preprocess(value)).toEqual(OPENAI);
});

describe('fields of preprocessor_config.json are obeyed:', () => {
  test.each<[unknown, object]>([
    [{ size: { height: 256, width: 240 } }, { resize: { width: 240, height: 256 } }],
    [{ size: [256, 240] }, { resize: { width: 240, height: 256 } }],
    [{ size: 224, default_to_square: true }, { resize: SQUARE }],
    [{ size: { shortest_edge: 224 }, use_square_size: true }, { resize: SQUARE }],
    [{ size: SQUARE, do_center_crop: false }, { resize: SQUARE }],
    [{ size: 200 }, { resize: { shortestEdge: 200 }, crop: 224 }],
    [{ do_resize: false }, { resize: 'none' }],
    [{ resample: 0 }, { filter: 'nearest' }],
    [{ resample: 1 }, { filter: 'lanczos' }],
    [{ resample: 2 }, { filter: 'bilinear' }],
    [{ resample: 4 }, { filter: 'box' }],
    [{ resample: 5 }, { filter: 'hamming' }],
    [{ rescale_factor: 1 / 127.5 }, { rescaleFactor: 1 / 127.5 }],
    [{ do_rescale: false }, { rescaleFactor: 1 }],
    [{ do_normalize: false }, { mean: [0, 0, 0], std: [1, 1, 1] }],
    [
      { image_mean: 0.5, image_std: [0.5, 0.4, 0.3] },
      { mean: [0.5, 0.5, 0.5], std: [0.5, 0.4, 0.3] },
    ],
  ])('%j', (value, obeyed) => {
    expect(preprocess(value)).toEqual({ ...OPENAI, ...obeyed });
  });

  test('those of SigLIP, whose defaults are others', () => {
    const half = [0.5, 0.5, 0.5];
    const siglip = { ...OPENAI, resize: SQUARE, mean: half, std: half };
    const type = { image_processor_type: 'SiglipImageProcessor' };
    expect(preprocess(type)).toEqual(siglip);
    expect(preprocess({ ...type, size: 224, resample: 2 })).toEqual({
      ...siglip,
      filter: 'bilinear',
    });
  });
});

describe('preprocessing that cannot be obeyed is refused by the field’s name:', () => {
  test.each<[unknown, number, string]>([
    [{}, 336, "crop_size: expected the model's image_size 336, got nothing"],
    [{ crop_size: { height: 224, width: 200 } }, 224, 'crop_size: expected a square'],
    [{ crop_size: { shortest_edge: 224 } }, 224, 'crop_size: expected a number'],
    [{ size: { longest_edge: 224 } }, 224, 'size.longest_edge: expected nothing, got 224'],
    [{ size: { shortest_edge: 224, longest_edge: 300 } }, 224, 'size.longest_edge'],
    [{ size: { max_height: 224, max_width: 224 } }, 224, 'size.max_height'],
    [{ size: { height: 224 } }, 224, 'size: expected a number, {"shortest_edge"}'],
    [{ size: [224] }, 224, 'size: expected a number'],
    [{ resample: 6 }, 224, "resample: expected one of Pillow's filters, 0 to 5, got 6"],
    [{ do_center_crop: false }, 224, 'do_center_crop: expected true, as the size keeps'],
    [{ do_center_crop: false, size: [240, 240] }, 224, "size: expected the model's image_size"],
    [{ do_pad: true }, 224, 'do_pad: expected false: ClipQL has no such step, got true'],
    [{ do_flip_channel_order: true }, 224, 'do_flip_channel_order'],
    [{ crop_pct: 0.9 }, 224, 'crop_pct: expected nothing'],
    [
      { image_processor_type: 'Siglip2ImageProcessor' },
      224,
      'image_processor_type: expected "CLIP',
    ],
    [{ feature_extractor_type: 'ViTFeatureExtractor' }, 224, 'feature_extractor_type'],
    [{ image_mean: [0.5, 0.5] }, 224, 'image_mean: expected three numbers'],
    [{ image_std: [1, 0, 1] }, 224, 'image_std: expected three numbers'],
  ])('%j for side %i', (value, side, message) => {
    expect(() => preprocess(value, side)).toThrow(
      expect.objectContaining({
        code: 'MODEL_CONFIG_INVALID',
        message: expect.stringContaining(message),
      }),
    );
  });
});

describe('open_clip’s preprocess_cfg', () => {
  const openClip = (cfg: unknown, imageSize = 224) =>
    parseOpenClipPreprocess(bytes({ preprocess_cfg: cfg }), imageSize);

  test.each<[unknown, object]>([
    [{}, {}],
    [
      { mean: 0.5, std: [0.5, 0.4, 0.3] },
      { mean: [0.5, 0.5, 0.5], std: [0.5, 0.4, 0.3] },
    ],
    [
      { interpolation: 'bilinear', resize_mode: 'squash' },
      { filter: 'bilinear', resize: SQUARE },
    ],
    [
      { resize_mode: 'longest', fill_color: 128 },
      { resize: { longestEdge: 224 }, fill: [128, 128, 128] },
    ],
    [{ size: [224, 224], mode: 'RGB', interpolation: 'random' }, {}],
  ])('is obeyed: %j', (cfg, obeyed) => {
    expect(openClip(cfg)).toEqual({ ...OPENAI, ...obeyed });
  });

  test.each<[unknown, string]>([
    [{ size: 256 }, "size: expected the model's image_size 224, got 256"],
    [{ resize_mode: 'crop' }, 'resize_mode: expected "shortest" or "longest" or "squash"'],
    [{ interpolation: 'nearest' }, 'interpolation: expected'],
    [{ mode: 'L' }, 'mode: expected "RGB"'],
    [{ fill_color: 300 }, 'fill_color: expected levels from 0 to 255'],
    [3, 'preprocess_cfg: expected an object'],
  ])('is refused: %j', (cfg, message) => {
    expect(() => openClip(cfg)).toThrow(message);
  });
});

describe('the preprocessing is read from', () => {
  const layout = (name: string) => (file: string) =>
    readPreprocessing(
      async (wanted) =>
        wanted === file
          ? readFileSync(
              new URL(`../../../bench/reference/layouts/${name}/${file}`, import.meta.url),
            )
          : undefined,
      32,
    );

  test('processor_config.json, as transformers 5 writes it', async () => {
    const clip = { ...OPENAI, resize: { shortestEdge: 32 }, crop: 32 };
    expect(await layout('transformers-5')('processor_config.json')).toEqual(clip);
    expect(await layout('transformers-5-siglip2')('processor_config.json')).toMatchObject({
      resize: { width: 32, height: 32 },
      filter: 'bilinear',
    });
    await expect(layout('transformers-5-siglip2-naflex')('processor_config.json')).rejects.toThrow(
      'image_processor.image_processor_type',
    );
  });

  test('open_clip_config.json', async () => {
    expect(await layout('open_clip')('open_clip_config.json')).toEqual({
      ...OPENAI,
      resize: { shortestEdge: 32 },
      crop: 32,
    });
  });

  test('preprocessor_config.json, where processor_config.json says nothing of images', async () => {
    const files: Record<string, unknown> = {
      'processor_config.json': { processor_class: 'CLIPProcessor' },
      'preprocessor_config.json': { resample: 2 },
    };
    const read = async (file: string) => (file in files ? bytes(files[file]) : undefined);
    expect(await readPreprocessing(read, 224)).toEqual({ ...OPENAI, filter: 'bilinear' });
    expect(await readPreprocessing(async () => undefined, 224)).toBe(undefined);
  });
});
