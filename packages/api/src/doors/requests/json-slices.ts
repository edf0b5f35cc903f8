/** Values that are printed at once; a millisecond's work. */
const AT_ONCE = 4_096;
/** Characters of a slice, at least, but for the last. */
const SLICE_CHARACTERS = 65_536;
/** Characters that take as long as a number. */
const CHARACTERS_A_VALUE = 20;
/** For what prints itself: as much as an embedding. */
const UNKNOWN = 1_024;

/** Whether a value is too large to be printed at once. */
export const isLarge = (value: unknown): boolean => valuesLeft(value, AT_ONCE) < 0;

/** The same text as `JSON.stringify` gives, in slices that keep the event loop for a millisecond each. */
export function* jsonSlices(value: unknown): Generator<string, void> {
  let slice = '';
  for (const piece of pieces(value)) {
    slice += piece;
    if (slice.length < SLICE_CHARACTERS) continue;
    yield slice;
    slice = '';
  }
  yield slice;
}

function* pieces(value: unknown): Generator<string, void> {
  if (!isObject(value) || printsItself(value) || !isLarge(value)) {
    yield JSON.stringify(value) ?? 'null';
  } else if (Array.isArray(value)) {
    yield* listPieces(value);
  } else {
    yield* objectPieces(value);
  }
}

function* listPieces(list: readonly unknown[]): Generator<string, void> {
  let before = '[';
  for (let i = 0; i < list.length; ) {
    // Numbers by the thousand; other entries one by one, since each may be large.
    const end = typeof list[i] === 'number' ? i + AT_ONCE : i + 1;
    yield before;
    if (end === i + 1) yield* pieces(list[i]);
    else yield JSON.stringify(list.slice(i, end)).slice(1, -1);
    before = ',';
    i = end;
  }
  yield ']';
}

function* objectPieces(object: object): Generator<string, void> {
  let before = '{';
  for (const [key, value] of Object.entries(object)) {
    if (value === undefined) continue;
    yield `${before}${JSON.stringify(key)}:`;
    yield* pieces(value);
    before = ',';
  }
  yield before === '{' ? '{}' : '}';
}

/** How many of so many values are left when these are taken; below 0 as soon as they are too many. */
function valuesLeft(value: unknown, most: number): number {
  if (typeof value === 'string') return most - 1 - value.length / CHARACTERS_A_VALUE;
  if (!isObject(value)) return most - 1;
  if (printsItself(value)) return most - UNKNOWN;
  if (Array.isArray(value) && typeof value[0] === 'number') return most - value.length;
  let left = most - 1;
  for (const entry of Object.values(value)) {
    left = valuesLeft(entry, left);
    if (left < 0) break;
  }
  return left;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const printsItself = (value: object): boolean => 'toJSON' in value;
