import type { ClipTextConfig, SiglipTextConfig } from '../config/clip-config.ts';
import type { TextCleaning, TextOptions } from '../config/text-options.ts';
import { isJsonObject, type JsonObject, parseJsonObject } from '../json.ts';
import { cleanText } from './clean/clean-text.ts';
import { clipPreTokenize, clipWords, type Tokenize } from './clip-words.ts';
import { readAddedTokens } from './definition/added-tokens.ts';
import { invalid, TOKENIZER_JSON } from './definition/component.ts';
import { readModel } from './definition/model.ts';
import { type Frame, readPostProcessor } from './definition/post-processor.ts';
import { readPreTokenizer } from './definition/pre-tokenizer.ts';
import { splitDefinition } from './definition/tables.ts';
import { type IdOf, padded, paddingId } from './padding.ts';
import { pieceTokens } from './piece-tokens.ts';

/** A text as the model reads it. */
export interface TokenizedText {
  /**
   * Token ids: of CLIP, from the start token to the end token, at most `contextLength` of them; of SigLIP,
   * exactly `contextLength`, filled up with the padding token.
   */
  readonly ids: readonly number[];
  /** Whether the text was too long for the context, so that its last tokens were dropped. */
  readonly truncated: boolean;
}

export interface Tokenizer {
  /** The most tokens of a text. */
  readonly contextLength: number;
  /** What texts are filled up with, to the right; undefined where they stay as short as they are. */
  readonly padId: number | undefined;
  readonly cleaning: TextCleaning;
  tokenize(text: string): TokenizedText;
}

/** What a tokenizer has to know of its model: of the text tower, and what its folder asks for beyond that. */
export type TokenizerConfig = TextOptions &
  (
    | Pick<ClipTextConfig, 'contextLength' | 'vocabularySize' | 'endToken'>
    | Pick<SiglipTextConfig, 'tower' | 'contextLength' | 'vocabularySize'>
  );

/**
 * A model's tokenizer, from its `tokenizer.json`: CLIP's byte pairs, SigLIP 2's over whole texts with bytes for
 * what is unknown, SigLIP's unigrams. What does not fit the context is cut and the end token kept, as
 * `clip.tokenize(truncate=True)` does.
 *
 * @param options `tokenizer_config.json`, where the model has one.
 * @throws ClipError MODEL_CONFIG_INVALID when the file is no tokenizer or has parts that are not known, its texts
 *   do not end with CLIP's end token, or its ids do not fit the vocabulary of the model.
 */
export function createTokenizer(
  definition: Uint8Array,
  options: Uint8Array | undefined,
  config: TokenizerConfig,
): Tokenizer {
  const settings = options === undefined ? {} : parseJsonObject(options, 'tokenizer_config.json');
  const parts = splitDefinition(definition);
  const json = parseJsonObject(parts.rest, TOKENIZER_JSON);
  const { model, kind } = readModel(definition, parts, json.model);
  const added = readAddedTokens(json.added_tokens);
  checkVocabulary(Math.max(model.highestId, ...added.map(({ id }) => id)), config.vocabularySize);

  const words = readPreTokenizer(json.pre_tokenizer);
  const isClip = words === 'clip';
  const cleaning =
    config.cleaning ?? (isClip ? 'openai' : kind === 'Unigram' ? 'siglip' : 'lowercase');
  const addedIds = new Map(added.map(({ content, id }) => [content, id]));
  const idOf: IdOf = (token) => {
    const content = isJsonObject(token) ? token.content : token;
    return typeof content === 'string' ? (addedIds.get(content) ?? model.idOf(content)) : undefined;
  };
  const frame = framed(readPostProcessor(json.post_processor), settings, idOf);
  const { before, after } = frame;
  const room = config.contextLength - before.length - after.length;
  let tokens: Tokenize;
  if (isClip && config.writtenTokens !== 'exactly') {
    const split = clipWords(model, writtenTokens(config.writtenTokens, frame) ?? addedIds);
    tokens = (text, most) => split(cleanText(text, cleaning), most);
  } else {
    const preTokenize = words === 'clip' ? clipPreTokenize : words;
    tokens = pieceTokens(json.normalizer, preTokenize, added, cleaning, model);
  }
  const idsOf = (text: string) => [...before, ...tokens(text, room), ...after];
  const padId = 'endToken' in config ? undefined : paddingId(json, settings, idOf);
  if ('endToken' in config) checkEnd(idsOf, config.endToken);

  return {
    contextLength: config.contextLength,
    padId,
    cleaning,
    tokenize: (text) => {
      const body = tokens(text, room);
      const ids = [...before, ...body.slice(0, room), ...after];
      return {
        ids: padId === undefined ? ids : padded(ids, config.contextLength, padId),
        truncated: body.length > room,
      };
    },
  };
}

function writtenTokens(
  written: readonly [start: string, end: string] | undefined,
  { before, after }: Frame,
): ReadonlyMap<string, number> | undefined {
  if (written === undefined) return undefined;
  return new Map([
    [written[0], before[0]!],
    [written[1], after.at(-1)!],
  ]);
}

/** `tokenizer_config.json` may ask for start and end tokens that `tokenizer.json` leaves out, and the reverse. */
function framed({ before, after }: Frame, settings: JsonObject, idOf: IdOf): Frame {
  const bos = idOf(settings.bos_token);
  const eos = idOf(settings.eos_token);
  const isAdded = (flag: unknown, ids: readonly number[], id: number | undefined) =>
    flag === true && id !== undefined && !ids.includes(id) ? [id] : [];
  return {
    before:
      settings.add_bos_token === false
        ? before.filter((id) => id !== bos)
        : [...isAdded(settings.add_bos_token, before, bos), ...before],
    after: [...after, ...isAdded(settings.add_eos_token, after, eos)],
  };
}

function checkVocabulary(highestId: number, vocabularySize: number): void {
  if (highestId < vocabularySize) return;
  throw invalid(`expected ids below the model's vocab_size ${vocabularySize}, got ${highestId}`);
}

/** CLIP takes a text's embedding at its last token: one that each text ends with, whatever is in it. */
function checkEnd(
  tokenize: (text: string) => readonly number[],
  endToken: ClipTextConfig['endToken'],
): void {
  const ids = tokenize('a');
  const last = ids.at(-1);
  const alike = last !== undefined && last === tokenize('').at(-1);
  const highest = ids.every((id) => id <= last!);
  if (alike && (endToken === 'highest' ? highest : last === endToken)) return;
  const expected = endToken === 'highest' ? 'the highest id' : `id ${endToken}`;
  const got = ids.slice(0, 8).join(', ');
  throw invalid(
    `expected each text to end with an end-of-text token of ${expected}, got the ids ${got} of "a"`,
  );
}
