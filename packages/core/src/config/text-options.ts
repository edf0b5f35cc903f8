/**
 * What is done to a text before it is split into tokens:
 *
 * - `openai`: `clip.tokenize`, and open_clip's `lower`: ftfy, HTML unescaped twice, white space collapsed, lower
 *   case.
 * - `whitespace`: open_clip's for tokenizers that it takes from the hub: the same without the lower case.
 * - `canonicalize`: open_clip's for SigLIP: the same with `_` to a space and punctuation deleted.
 * - `siglip`: transformers' `SiglipTokenizer`: lower case, punctuation deleted, white space collapsed.
 * - `lowercase`: SigLIP 2, whose authors change nothing else.
 */
export type TextCleaning = 'openai' | 'whitespace' | 'canonicalize' | 'siglip' | 'lowercase';

/** What a model's folder asks for, of its texts. */
export interface TextOptions {
  /** As the model's folder asks for; unless given, as models with this kind of vocabulary are trained. */
  readonly cleaning?: TextCleaning;
  /**
   * How CLIP's start and end token are written in a text, in any case; as `tokenizer.json` says unless given.
   * `exactly` for what tokenizers do: as it says, in its case alone.
   */
  readonly writtenTokens?: readonly [start: string, end: string] | 'exactly';
}
