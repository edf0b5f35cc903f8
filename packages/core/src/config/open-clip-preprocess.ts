import type { PreprocessConfig } from '../image/preprocess.ts';
import { Fields, isJsonObject, parseJsonObject } from '../json.ts';
import { channelTriple, OPENAI_MEAN, OPENAI_STD } from './channels.ts';

const FILE = 'open_clip_config.json';

/**
 * Reads `preprocess_cfg` of open_clip's `open_clip_config.json`. Fields that are left out have
 * open_clip's defaults, which are OpenAI's transform; open_clip passes over fields that it does not know.
 *
 * @throws ClipError MODEL_CONFIG_INVALID for a malformed field and for a size other than the model's.
 * @see open_clip `transform.py`, `PreprocessCfg` and `image_transform`
 */
export function parseOpenClipPreprocess(bytes: Uint8Array, imageSize: number): PreprocessConfig {
  const json = parseJsonObject(bytes, FILE).preprocess_cfg ?? {};
  const fields = new Fields(isJsonObject(json) ? json : { preprocess_cfg: json }, `${FILE}: `);
  if (!isJsonObject(json)) throw fields.unexpected('preprocess_cfg', 'an object');
  if (fields.has('size')) {
    const sides = [fields.raw('size')].flat();
    if (sides.length > 2 || sides.some((side) => side !== imageSize)) {
      throw fields.unexpected('size', `the model's image_size ${imageSize}`);
    }
  }
  fields.oneOf('mode', ['RGB'], 'RGB');
  const mode = fields.oneOf('resize_mode', ['shortest', 'longest', 'squash'], 'shortest');
  // Which filter is drawn at random is a matter of training; what is evaluated is bicubic.
  const filter = fields.oneOf('interpolation', ['bicubic', 'bilinear', 'random'], 'bicubic');
  const resize = {
    shortest: { shortestEdge: imageSize },
    longest: { longestEdge: imageSize },
    squash: { width: imageSize, height: imageSize },
  };
  return {
    resize: resize[mode],
    filter: filter === 'random' ? 'bicubic' : filter,
    crop: imageSize,
    fill: fillColour(fields),
    rescaleFactor: 1 / 255,
    mean: channelTriple(fields, 'mean', OPENAI_MEAN),
    std: channelTriple(fields, 'std', OPENAI_STD, 'positive'),
  };
}

/** A level for all channels, or one for each; what a picture lacks of the square has it. */
function fillColour(fields: Fields): readonly [number, number, number] {
  const fill = channelTriple(fields, 'fill_color', [0, 0, 0]);
  if (fill.some((level) => !Number.isInteger(level) || level < 0 || level > 255)) {
    throw fields.unexpected('fill_color', 'levels from 0 to 255');
  }
  return fill;
}
