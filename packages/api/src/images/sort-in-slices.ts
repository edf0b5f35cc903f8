import { setImmediate as nextTurn } from 'node:timers/promises';

/** Texts that are sorted in one turn of the event loop: some milliseconds. */
const SLICE = 8_192;

/**
 * Sorts texts as `sort()` does, in turns between which others work: a million paths would hold the event loop
 * for seconds.
 */
export async function sortedInSlices(texts: readonly string[]): Promise<readonly string[]> {
  let runs: (readonly string[])[] = [];
  for (let start = 0; start < texts.length; start += SLICE) {
    if (start > 0) await nextTurn();
    runs.push(texts.slice(start, start + SLICE).sort());
  }
  while (runs.length > 1) {
    const longer: (readonly string[])[] = [];
    for (let i = 0; i < runs.length; i += 2) longer.push(await merged(runs[i]!, runs[i + 1] ?? []));
    runs = longer;
  }
  return runs[0] ?? [];
}

async function merged(a: readonly string[], b: readonly string[]): Promise<readonly string[]> {
  if (b.length === 0) return a;
  const all: string[] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    if (all.length % SLICE === 0) await nextTurn();
    const isFromA = j === b.length || (i < a.length && a[i]! <= b[j]!);
    all.push(isFromA ? a[i++]! : b[j++]!);
  }
  return all;
}
