import type { TextCleaning } from '../../config/text-options.ts';
import { fixText } from './fix-text.ts';
import { unescapeHtml } from './html.ts';
import { collapseSpace } from './python-space.ts';

/** Python's `string.punctuation`. */
const PUNCTUATION = /[!-/:-@[-`{-~]/g;

const fixAndUnescape = (text: string): string => unescapeHtml(unescapeHtml(fixText(text)));

const withoutPunctuation = (text: string): string => text.replace(PUNCTUATION, '');

const CLEAN: Readonly<Record<TextCleaning, (text: string) => string>> = {
  openai: (text) => collapseSpace(fixAndUnescape(text)).toLowerCase(),
  whitespace: (text) => collapseSpace(fixAndUnescape(text)),
  canonicalize: (text) =>
    collapseSpace(withoutPunctuation(fixAndUnescape(text).replaceAll('_', ' ')).toLowerCase()),
  siglip: (text) => collapseSpace(withoutPunctuation(text.toLowerCase())),
  lowercase: (text) => text.toLowerCase(),
};

/** Cleans a text as the code that trained a model did. */
export const cleanText = (text: string, cleaning: TextCleaning): string => CLEAN[cleaning](text);
