/**
 * What becomes of a picture: it is kept; its class has it already (`KNOWN`); or another class has it too
 * (`CONTRADICTORY`), and it is not kept.
 */
export type ExampleOutcome =
  | { readonly kind: 'KEPT' | 'KNOWN' }
  | { readonly kind: 'CONTRADICTORY' /** The place of the other class. */; readonly other: number };

interface Identity {
  readonly class: number;
  readonly contentHash: string;
}

/**
 * Which of some pictures a classifier takes. One that stands twice in a class is kept once. One that
 * stands in two classes is kept in neither, as there is no saying which is right; but one that was kept
 * before stays.
 *
 * @param kept the classes of pictures that are there, by content hash.
 * @returns an outcome for each, in their order.
 */
export function admitExamples(
  kept: ReadonlyMap<string, number>,
  examples: readonly Identity[],
): readonly ExampleOutcome[] {
  const classesOf = new Map<string, Set<number>>();
  for (const { contentHash, class: place } of examples) {
    const classes = classesOf.get(contentHash) ?? new Set();
    classesOf.set(contentHash, classes.add(place));
  }
  const taken = new Set<string>();
  return examples.map(({ contentHash, class: place }) => {
    const before = kept.get(contentHash);
    const others = before === undefined ? classesOf.get(contentHash)! : [before];
    const other = [...others].find((one) => one !== place);
    if (other !== undefined) return { kind: 'CONTRADICTORY', other };
    if (before !== undefined || taken.has(contentHash)) return { kind: 'KNOWN' };
    taken.add(contentHash);
    return { kind: 'KEPT' };
  });
}
