/** One fenced block of a Markdown page. */
export interface Block {
  /** After the fence, such as `ts`. */
  readonly language: string;
  /** What else stands there: `no-run`. */
  readonly info: string;
  readonly text: string;
  /** The block of JSON or text that follows with nothing between, which shows the answer. */
  readonly answer?: string;
}

const FENCED = /^```(\w+)(?: (.*))?\n([\s\S]*?)\n```$/gm;

/** The fenced blocks of a page, in their order, each with the answer that stands behind it. */
export function blocksOf(page: string): readonly Block[] {
  const found = [...page.matchAll(FENCED)];
  return found.flatMap((match, i): readonly Block[] => {
    const [fence, language = '', info = '', text = ''] = match;
    if (isAnswer(language)) return [];
    const next = found[i + 1];
    const between = next && page.slice(match.index + fence.length, next.index);
    const hasAnswer = isAnswer(next?.[1]) && between?.trim() === '';
    return [{ language, info, text, ...(hasAnswer && { answer: next![3]! }) }];
  });
}

const isAnswer = (language = ''): boolean => language === 'json' || language === 'text';

/** A pattern for a text in which … stands for whatever is left out. */
export const patternOf = (text: string): RegExp =>
  new RegExp(`^${text.split('…').map(escaped).join('[\\s\\S]*?')}$`);

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** The words of a shell command with nothing but single quotes and lines that end in a backslash. */
export const shellWords = (command: string): readonly string[] =>
  [...command.matchAll(/(?:'[^']*'|[^\s'\\])+/g)].map(([word]) => word.replaceAll("'", ''));
