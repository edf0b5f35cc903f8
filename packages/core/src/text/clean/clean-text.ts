import { fixText } from './fix-text.ts';
import { unescapeHtml } from './html.ts';
import { collapseSpace } from './python-space.ts';

/**
 * What is done to a text before it is split into tokens:
 *
 * - `openai`: `clip.tokenize`, and open_clip's `lower`: ftfy, HTML unescaped twice, white space collapsed, lower
 *   case.
 * - `canonicalize`: open_clip's for SigLIP: the same with `_` to a space and punctuation deleted.
 * - `siglip`: transformers' `SiglipTokenizer`: lower case, punctuation deleted, white space collapsed.
 * - `lowercase`: SigLIP 2, whose authors change nothing else.
 */
export type TextCleaning = 'openai' | 'canonicalize' | 'siglip' | 'lowercase';

/** Python's `string.punctuation`. */
const PUNCTUATION = /[!-/:-@[-`{-~]/g;

const fixAndUnescape = (text: string): string => unescapeHtml(unescapeHtml(fixText(text)));

const withoutPunctuation = (text: string): string => text.replace(PUNCTUATION, '');

const CLEAN: Readonly<Record<TextCleaning, (text: string) => string>> = {
  openai: (text) => collapseSpace(fixAndUnescape(text)).toLowerCase(),
  canonicalize: (text) =>
    collapseSpace(withoutPunctuation(fixAndUnescape(text).replaceAll('_', ' ')).toLowerCase()),
  siglip: (text) => collapseSpace(withoutPunctuation(text.toLowerCase())),
  lowercase: (text) => text.toLowerCase(),
};

/** Cleans a text as the code that trained a model did. */
export const cleanText = (text: string, cleaning: TextCleaning): string => CLEAN[cleaning](text);
