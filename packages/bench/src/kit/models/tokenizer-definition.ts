/** What CLIP tokenizers differ in. */
export interface ClipVocabulary {
  /** Token to id; a token that ends a word ends with `</w>`. */
  readonly vocab: Readonly<Record<string, number>>;
  /** Pairs of tokens that become one, the first to be merged first. */
  readonly merges: readonly (readonly [string, string])[];
}

export const START_TOKEN = '<|startoftext|>';
export const END_TOKEN = '<|endoftext|>';

/**
 * `tokenizer.json` of a CLIP model: Unicode NFC, runs of white space made one space, lower case;
 * words, single digits and runs of other marks; their UTF-8 bytes as BPE symbols.
 *
 * @see https://github.com/openai/CLIP/blob/main/clip/simple_tokenizer.py
 */
export function tokenizerDefinition({ vocab, merges }: ClipVocabulary): Uint8Array {
  const definition = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [addedToken(vocab, START_TOKEN), addedToken(vocab, END_TOKEN)],
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'NFC' },
        { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' },
        { type: 'Lowercase' },
      ],
    },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: WORDS }, behavior: 'Removed', invert: true },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
      ],
    },
    post_processor: {
      type: 'RobertaProcessing',
      cls: [START_TOKEN, vocab[START_TOKEN]],
      sep: [END_TOKEN, vocab[END_TOKEN]],
      trim_offsets: false,
      add_prefix_space: false,
    },
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      unk_token: END_TOKEN,
      continuing_subword_prefix: '',
      end_of_word_suffix: '</w>',
      vocab,
      merges,
    },
  };
  return new TextEncoder().encode(JSON.stringify(definition));
}

const WORDS = [
  '<\\|startoftext\\|>',
  '<\\|endoftext\\|>',
  ...["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"],
  '[\\p{L}]+',
  '[\\p{N}]',
  '[^\\s\\p{L}\\p{N}]+',
].join('|');

const addedToken = (vocab: ClipVocabulary['vocab'], content: string) => ({
  id: vocab[content],
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
});
