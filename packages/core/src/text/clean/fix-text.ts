import { fixCharacters } from './fix-characters.ts';
import { fixC1Controls, fixEncoding } from './fix-encoding.ts';
import { unescapeClosed } from './html.ts';
import { toNfc } from './normal-form.ts';
import { WorkBudget } from './work-budget.ts';

/** Longer lines are fixed piece by piece. */
const SEGMENT = 1_000_000;
/** What no fix changes: printable ASCII, in which there is no character reference. */
const PLAIN = /^[ -%'-~\t\n\f]*$/;

/**
 * Text as `ftfy.fix_text` of ftfy 6.3.1 gives it with its defaults: mojibake, character references, ligatures,
 * widths, quotes, line breaks, surrogates, terminal escapes and controls are fixed and NFC is made, line by
 * line, over and over until nothing changes. From the first line with a `<` on, character references stay.
 *
 * Time grows with the length alone; see {@link WorkBudget}.
 *
 * @see https://ftfy.readthedocs.io
 */
export function fixText(text: string): string {
  if (PLAIN.test(text)) return text;
  const budget = new WorkBudget(text.length);
  let fixed = '';
  let isHtml = false;
  for (let start = 0; start < text.length; ) {
    const end = segmentEnd(text, start);
    const segment = text.slice(start, end);
    isHtml ||= segment.includes('<');
    fixed += PLAIN.test(segment) ? segment : fixSegment(segment, isHtml, budget);
    start = end;
  }
  return fixed;
}

function segmentEnd(text: string, start: number): number {
  const newline = text.indexOf('\n', start);
  const end = newline === -1 ? text.length : newline + 1;
  return Math.min(end, start + SEGMENT);
}

function fixSegment(segment: string, isHtml: boolean, budget: WorkBudget): string {
  let text = segment;
  while (budget.spend(text.length)) {
    const before = text;
    if (!isHtml) text = unescapeClosed(text);
    text = toNfc(fixCharacters(fixC1Controls(fixEncoding(text, budget))));
    if (text === before) break;
  }
  return text;
}
