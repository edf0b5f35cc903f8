/**
 * White space as Python's `str.strip` and `str.split` have it, as the inside of a regular expression's brackets.
 * JavaScript's `\s` has U+FEFF instead of U+001C to U+001F and U+0085.
 */
export const PYTHON_SPACE =
  '\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000';

const RUN = new RegExp(`[${PYTHON_SPACE}]+`, 'g');

/** Runs of white space become one space, and none is left at either end. */
export const collapseSpace = (text: string): string => text.replace(RUN, ' ').replace(/^ | $/g, '');
