/** The tokenizer of a model's folder, whichever files it is in. */
import { ClipError } from '../errors.ts';
import { isJsonObject, type JsonObject, parseJsonObject } from '../json.ts';
import { CLIP_PRE_TOKENIZER } from './definition/pre-tokenizer.ts';
import { textOf } from './vocabulary/code-units.ts';
import { JsonReader } from './vocabulary/json-reader.ts';

const VOCABULARY_FILE = 'vocab.json';

/** Lines of `merges.txt` that CLIP's tokenizer reads, after the first: what OpenAI's vocabulary is made of. */
const MOST_MERGES = 49152 - 256 - 2;

/**
 * A model's `tokenizer.json`, or one made of `vocab.json` and `merges.txt`, all that older folders have of a
 * `CLIPTokenizer`.
 *
 * @param read gives a file of the model, or undefined where it has none of that name.
 * @returns undefined where the model has none of these.
 * @throws ClipError MODEL_CONFIG_INVALID where `vocab.json` or `tokenizer_config.json` is damaged, or lacks the start or
 *   end token.
 */
export async function readTokenizer(
  read: (file: string) => Promise<Uint8Array | undefined>,
): Promise<Uint8Array | undefined> {
  const whole = await read('tokenizer.json');
  if (whole !== undefined) return whole;
  const [vocabulary, merges] = [await read(VOCABULARY_FILE), await read('merges.txt')];
  if (vocabulary === undefined || merges === undefined) return undefined;
  const settings = await read('tokenizer_config.json');
  const json = settings === undefined ? {} : parseJsonObject(settings, 'tokenizer_config.json');
  return clipDefinition(vocabulary, merges, json);
}

function clipDefinition(
  vocabulary: Uint8Array,
  merges: Uint8Array,
  settings: JsonObject,
): Uint8Array {
  const start = contentOf(settings.bos_token) ?? '<|startoftext|>';
  const end = contentOf(settings.eos_token) ?? '<|endoftext|>';
  const ids = idsOf(vocabulary, [start, end]);
  const special = (content: string) => ({ id: ids.get(content), content, normalized: false });
  const definition = {
    added_tokens: [special(start), special(end)],
    normalizer: null,
    pre_tokenizer: CLIP_PRE_TOKENIZER,
    post_processor: {
      type: 'RobertaProcessing',
      cls: [start, ids.get(start)],
      sep: [end, ids.get(end)],
    },
  };
  const lines = new TextDecoder().decode(merges).trim().split('\n');
  const pairs = lines.slice(1, 1 + MOST_MERGES).map((line) => line.trimEnd());
  const model = { type: 'BPE', end_of_word_suffix: '</w>', unk_token: end, merges: pairs };
  // The vocabulary is read where it lies, so it stays as it is.
  const [head, tail] = [definition, model].map((part) => JSON.stringify(part).slice(1, -1));
  const encoder = new TextEncoder();
  return concatenated([
    encoder.encode(`{${head},"model":{${tail},"vocab":`),
    vocabulary,
    encoder.encode('}}'),
  ]);
}

const contentOf = (token: unknown): string | undefined => {
  const content = isJsonObject(token) ? token.content : token;
  return typeof content === 'string' && content !== '' ? content : undefined;
};

function idsOf(vocabulary: Uint8Array, tokens: readonly string[]): ReadonlyMap<string, number> {
  const ids = new Map<string, number>();
  try {
    const reader = new JsonReader(vocabulary);
    reader.object((length) => {
      const token = textOf(reader.units, length);
      const id = reader.integer();
      if (tokens.includes(token)) ids.set(token, id);
    });
  } catch (cause) {
    throw invalid('expected an object of tokens and their ids', cause);
  }
  const missing = tokens.find((token) => !ids.has(token));
  if (missing === undefined) return ids;
  throw invalid(`expected the token ${missing}, got none`);
}

const invalid = (problem: string, cause?: unknown): ClipError =>
  new ClipError('MODEL_CONFIG_INVALID', `${VOCABULARY_FILE}: ${problem}`, { cause });

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
