/** A base has few marks; engines put many in order in a time that grows with the square of their number. */
const LONG_RUN = /\p{M}{33,}/gu;

/**
 * Unicode's Normalization Form C, in a time that grows with the length alone.
 *
 * @see https://www.unicode.org/reports/tr15/
 */
export const toNfc = (text: string): string => text.replace(LONG_RUN, inOrder).normalize('NFC');

/** Marks in canonical order: sorted by combining class between any two that have none, equal ones as they came. */
function inOrder(run: string): string {
  let marks = run;
  for (const mark of new Set(run)) {
    const parts = mark.normalize('NFD');
    if (parts !== mark) marks = marks.replaceAll(mark, parts);
  }
  const classes = combiningClasses(new Set(marks));
  let ordered = '';
  let waiting: string[][] = [];
  const flush = () => {
    ordered += waiting.map((group) => (group ?? []).join('')).join('');
    waiting = [];
  };
  for (const mark of marks) {
    const place = classes.get(mark);
    if (place === undefined) {
      flush();
      ordered += mark;
    } else {
      waiting[place] ??= [];
      waiting[place].push(mark);
    }
  }
  flush();
  return ordered;
}

/** Whether the first of two marks goes behind the second. */
const isSwapped = (first: string, second: string): boolean =>
  (first + second).normalize('NFD') !== first + second;

/** Marks of the classes 1 and 240, the lowest and the highest. */
const LOWEST = '\u0334';
const HIGHEST = '\u0345';

/** Places that follow the order of the combining classes, which only normalizing tells; none for class 0. */
function combiningClasses(marks: ReadonlySet<string>): ReadonlyMap<string, number> {
  const ordered = [...marks]
    .filter((mark) => isSwapped(mark, LOWEST) || isSwapped(HIGHEST, mark))
    .sort((a, b) => Number(isSwapped(a, b)) - Number(isSwapped(b, a)));
  const places = new Map<string, number>();
  let place = 0;
  for (const [i, mark] of ordered.entries()) {
    if (i > 0 && isSwapped(mark, ordered[i - 1]!) !== isSwapped(ordered[i - 1]!, mark)) place++;
    places.set(mark, place);
  }
  return places;
}
