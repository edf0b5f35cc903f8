import { isJsonObject } from '../../json.ts';
import { bytePairModel, bytePairOptions } from '../models/byte-pairs.ts';
import type { TokenModel } from '../models/token-model.ts';
import { unigramModel } from '../models/unigram.ts';
import { invalid } from './component.ts';
import {
  readMerges,
  readScoredVocabulary,
  readVocabulary,
  type SplitDefinition,
} from './tables.ts';

export interface ReadModel {
  readonly model: TokenModel;
  readonly kind: 'BPE' | 'Unigram';
}

/**
 * Reads the `model`.
 *
 * @param model without its vocabulary and merges, which are read from the file's bytes.
 * @throws ClipError MODEL_CONFIG_INVALID for one of another kind, by name, or with damaged tables.
 */
export function readModel(
  definition: Uint8Array,
  { vocab, merges }: SplitDefinition,
  model: unknown,
): ReadModel {
  if (!isJsonObject(model)) throw invalid('model: expected an object');
  const { type = 'BPE', unk_id: unknown } = model;
  if (type === 'Unigram') {
    const { vocabulary, scores } = readScoredVocabulary(definition, vocab);
    const options = {
      unknown: typeof unknown === 'number' ? unknown : undefined,
      byteFallback: model.byte_fallback === true,
    };
    return { model: unigramModel(options, vocabulary, scores), kind: type };
  }
  if (type !== 'BPE') throw invalid(`model: expected BPE or Unigram, got ${JSON.stringify(type)}`);
  if (model.continuing_subword_prefix || model.dropout) {
    throw invalid('model: expected no continuing_subword_prefix and no dropout');
  }
  if (merges === undefined) throw invalid('model.merges: expected a list, got none');
  const vocabulary = readVocabulary(definition, vocab);
  const pairs = readMerges(definition, merges, vocabulary);
  return { model: bytePairModel(bytePairOptions(model), vocabulary, pairs), kind: type };
}
