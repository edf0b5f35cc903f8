import { type Component, componentsOf, patternOf, unsupported } from './component.ts';

/** Splits a piece of text into words. */
export type PreTokenize = (text: string, isFirst: boolean) => readonly string[];

/** What a `pre_tokenizer` says: `clip` where it is CLIP's words in bytes, which need no pattern of the file. */
export function readPreTokenizer(value: unknown): PreTokenize | 'clip' {
  const components = componentsOf(value, 'pre_tokenizer', 'pretokenizers');
  if (isClip(components)) return 'clip';
  const steps = components.map(preTokenizer);
  return (text, isFirst) =>
    steps.reduce<readonly string[]>(
      (words, step) => words.flatMap((word, i) => step(word, isFirst && i === 0)),
      [text],
    );
}

/** Words, single digits and runs of other marks, contractions by themselves; then the bytes of each. */
const CLIP_WORDS = "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";

/** One that is CLIP's. */
export const CLIP_PRE_TOKENIZER = {
  type: 'Sequence',
  pretokenizers: [
    { type: 'Split', pattern: { Regex: CLIP_WORDS }, behavior: 'Removed', invert: true },
    { type: 'ByteLevel', add_prefix_space: false },
  ],
} as const;

function isClip([split, bytes, ...more]: readonly Component[]): boolean {
  if (split?.type !== 'Split' || bytes?.type !== 'ByteLevel' || more.length > 0) return false;
  const { regex } = patternOf(split);
  const isWords = typeof regex === 'string' && withoutSpecialTokens(regex) === CLIP_WORDS;
  return isWords && split.json.invert === true && bytes.json.add_prefix_space !== true;
}

/** The alternatives before the contractions are the special tokens, which are looked for in any case. */
const withoutSpecialTokens = (regex: string): string =>
  regex.replace(/^(?:<\\\|[\w]+\\\|>\|)*/, '');

function preTokenizer(component: Component): PreTokenize {
  switch (component.type) {
    case 'Metaspace':
      return metaspace(component);
    case 'WhitespaceSplit':
      return (text) => text.split(/\p{White_Space}+/u).filter((word) => word !== '');
    case 'Split':
      return splitter(component);
    default:
      throw unsupported('pre_tokenizer', component);
  }
}

/** Spaces are written `▁`, and each word begins with its own. */
function metaspace({ json }: Component): PreTokenize {
  const mark = typeof json.replacement === 'string' ? json.replacement : '▁';
  const scheme = json.prepend_scheme ?? (json.add_prefix_space === false ? 'never' : 'always');
  return (text, isFirst) => {
    let marked = text.replaceAll(' ', () => mark);
    const isPrefixed = scheme === 'always' || (scheme === 'first' && isFirst);
    if (isPrefixed && !marked.startsWith(mark)) marked = mark + marked;
    return json.split === false ? [marked] : splitBefore(marked, mark);
  };
}

/** The parts of a text, each beginning where a mark does. */
function splitBefore(text: string, mark: string): readonly string[] {
  const parts: string[] = [];
  for (let start = 0; start < text.length; ) {
    const next = text.indexOf(mark, start + mark.length);
    const end = next === -1 ? text.length : next;
    parts.push(text.slice(start, end));
    start = end;
  }
  return parts;
}

/** After each place where a text stands, as Gemma has it. */
function splitter(component: Component): PreTokenize {
  const { text: found } = patternOf(component);
  const { behavior, invert } = component.json;
  if (typeof found !== 'string' || found === '' || invert || behavior !== 'MergedWithPrevious') {
    throw unsupported('pre_tokenizer', component);
  }
  return (text) => {
    const parts = text.split(found);
    const last = parts.pop()!;
    const words = parts.map((part) => part + found);
    return last === '' ? words : [...words, last];
  };
}
