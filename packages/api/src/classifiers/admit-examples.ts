import { checkPictures } from '../limits/classifiers.ts';
import type { Classifier, NewExample } from './classifier.ts';

/**
 * What becomes of a picture: it is kept; its class has it already (`KNOWN`); or another class has it too
 * (`CONTRADICTORY`), and it is not kept.
 */
export type ExampleOutcome =
  | { readonly kind: 'KEPT' | 'KNOWN' }
  | { readonly kind: 'CONTRADICTORY' /** The place of the other class. */; readonly other: number };

/** What becomes of new examples, and which of them are to be written. */
export interface Admission {
  /** One for each example, in their order. */
  readonly outcomes: readonly ExampleOutcome[];
  readonly added: readonly NewExample[];
  /** Of the images of those. */
  readonly imageBytes: number;
}

/** An example that is there, as the tables of all engines have it. */
export interface KeptRow {
  readonly place: number;
  readonly content_hash: string;
}

interface Identity {
  readonly class: number;
  readonly contentHash: string;
}

/**
 * Decides which of some examples a classifier takes, as {@link outcomesOf} says, and checks that there is room for them.
 *
 * @throws ApiError TOO_MANY_EXAMPLES.
 */
export function admitExamples(
  { classes }: Pick<Classifier, 'classes'>,
  kept: readonly KeptRow[],
  examples: readonly NewExample[],
): Admission {
  const before = new Map(kept.map(({ content_hash, place }) => [content_hash, place]));
  const outcomes = outcomesOf(before, examples);
  const added = examples.filter((_, i) => outcomes[i]!.kind === 'KEPT');
  const counts = classes.map((one) => one.examples);
  for (const { class: place } of added) counts[place]! += 1;
  checkPictures(classes, counts);
  const imageBytes = added.reduce((sum, { image }) => sum + (image?.length ?? 0), 0);
  return { outcomes, added, imageBytes };
}

/**
 * Which of some pictures a classifier takes. One that stands twice in a class is kept once. One that
 * stands in two classes is kept in neither, as there is no saying which is right; but one that was kept
 * before stays.
 *
 * @param kept the classes of pictures that are there, by content hash.
 * @returns an outcome for each, in their order.
 */
function outcomesOf(
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
