/** What open_clip's `open_clip_config.json` says about the tokenizer. */
import { Fields, isJsonObject, parseJsonObject } from '../json.ts';
import { checkFields } from './open-clip-fields.ts';
import { FILE, section } from './open-clip-json.ts';
import type { TextOptions } from './text-options.ts';

/** Which model on the hub has OpenAI's vocabulary, which is that of open_clip's own tokenizer, too. */
export const OPENAI_TOKENIZER = 'openai/clip-vit-base-patch32';

/** How open_clip's own tokenizer writes the start and the end token. */
const OWN_TOKENS = ['<start_of_text>', '<end_of_text>'] as const;

/**
 * Which model on the hub has the tokenizer of an `open_clip_config.json`.
 *
 * @throws ClipError MODEL_CONFIG_INVALID for an unknown name.
 */
export function openClipTokenizer(bytes: Uint8Array): string {
  const { fields } = textSection(bytes);
  const name = fields.raw('hf_tokenizer_name') ?? OPENAI_TOKENIZER;
  if (typeof name === 'string' && name !== '') return name.slice(0, 100);
  throw fields.unexpected('hf_tokenizer_name', 'the name of a model');
}

/**
 * How texts are cleaned, by `tokenizer_kwargs.clean`, and how the start and end token are written in them: open_clip's
 * own tokenizer has names of its own, in any case; one named by `hf_tokenizer_name` those of its `tokenizer.json`,
 * in theirs.
 *
 * @throws ClipError MODEL_CONFIG_INVALID, naming the field, for what is not obeyed.
 * @see open_clip `tokenizer.py`, `SimpleTokenizer`, `HFTokenizer` and `get_clean_fn`
 */
export function openClipTextOptions(bytes: Uint8Array): TextOptions {
  const { fields } = textSection(bytes);
  const given = fields.raw('tokenizer_kwargs') ?? {};
  if (!isJsonObject(given)) throw fields.unexpected('tokenizer_kwargs', 'an object');
  const options = new Fields(given, `${FILE}: model_cfg.text_cfg.tokenizer_kwargs.`);
  checkFields(options, given, { known: ['clean'], ignored: [], only: {} });
  if (fields.has('hf_tokenizer_name')) {
    const clean = options.oneOf('clean', ['whitespace', 'lower', 'canonicalize'], 'whitespace');
    return { cleaning: CLEANING[clean], writtenTokens: 'exactly' };
  }
  // With `whitespace`, capital letters would be unknown to open_clip's own.
  const clean = options.oneOf('clean', ['lower', 'canonicalize'], 'lower');
  return { cleaning: CLEANING[clean], writtenTokens: OWN_TOKENS };
}

const CLEANING = {
  whitespace: 'whitespace',
  lower: 'openai',
  canonicalize: 'canonicalize',
} as const;

function textSection(bytes: Uint8Array) {
  const root = new Fields(parseJsonObject(bytes, FILE), `${FILE}: `);
  const model = section(root, 'model_cfg', `${FILE}: model_cfg.`);
  return section(model.fields, 'text_cfg', `${FILE}: model_cfg.text_cfg.`);
}
