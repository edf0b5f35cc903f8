import { CODE_PAGES, characterAt, encode, WINDOWS_1252 } from './code-pages.ts';
import { looksLikeMojibake, MISREAD_UTF8 } from './mojibake.ts';
import { decodeUtf8, replaceLossy, restoreNoBreakSpaces } from './utf8.ts';
import type { WorkBudget } from './work-budget.ts';

const ASCII = /^\p{ASCII}*$/u;

/**
 * Takes back that UTF-8 was decoded as something else, as often as it was.
 *
 * @see https://ftfy.readthedocs.io/en/latest/fixes.html
 */
export function fixEncoding(text: string, budget: WorkBudget): string {
  let fixed = text;
  while (budget.spend(fixed.length)) {
    const before = fixed;
    fixed = fixOnce(before, budget);
    if (fixed === before) break;
  }
  return fixed;
}

function fixOnce(text: string, budget: WorkBudget): string {
  if (ASCII.test(text) || !looksLikeMojibake(text)) return text;
  const decoded = redecode(text, budget);
  if (decoded !== undefined) return decoded;
  const parts = fixParts(text, budget);
  return parts === text ? fixC1Controls(text) : parts;
}

/** The text in whichever encoding makes UTF-8 of all of it. */
function redecode(text: string, budget: WorkBudget): string | undefined {
  for (const page of CODE_PAGES) {
    if (!budget.spend(text.length)) return undefined;
    let bytes = encode(text, page);
    if (bytes === undefined) continue;
    // There, 0xC2 and the like are marks that stand before spaces.
    if (page.name !== 'macroman') bytes = restoreNoBreakSpaces(bytes);
    if (page.isLenient) bytes = replaceLossy(bytes);
    const decoded = decodeUtf8(bytes);
    if (decoded !== undefined) return decoded;
  }
  return undefined;
}

/** Fixes what is misread UTF-8 by itself, in a text that is not as a whole. */
const fixParts = (text: string, budget: WorkBudget): string =>
  text.replace(MISREAD_UTF8, (part) =>
    part.length < text.length && looksLikeMojibake(part) ? fixEncoding(part, budget) : part,
  );

const C1_CONTROLS = /[\x80-\x9f]/g;

/** C1 controls as windows-1252 has their bytes, as browsers read them. */
export const fixC1Controls = (text: string): string =>
  text.replace(C1_CONTROLS, (control) =>
    String.fromCharCode(characterAt(WINDOWS_1252.upper, control.charCodeAt(0))),
  );
