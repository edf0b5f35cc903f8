import { readClassFolders } from '../accuracy/class-folders.ts';
import { type Concepts, conceptName, readConcepts } from '../accuracy/concepts.ts';
import { type LabelledImage, type LabelledSet, spread, without } from '../accuracy/labelled-set.ts';
import { hasShards, readTrainingSets } from '../accuracy/training-sets.ts';
import type { Split } from '../kit/reports/relevance-report.ts';

/** Images to search, and words with what they show. */
export interface SearchedSet {
  readonly name: string;
  readonly splits: Readonly<Partial<Record<Split, readonly LabelledImage[]>>>;
  /** Words that some of the images show. */
  readonly words: readonly SearchedWord[];
  /** Words that none of the images shows. */
  readonly absent: readonly string[];
}

interface SearchedWord {
  readonly text: string;
  /** Whether images of a label show it; undefined where some may. */
  shows(label: number): boolean | undefined;
}

/** How many images of a validation shard search's method was compared on, as `spread` takes them. */
const DEVELOPMENT_IMAGES: Readonly<Record<string, number>> = {
  cifar10: 2000,
  'tiny-imagenet': 4000,
  caltech101: 868,
  scenes: 1200,
};

/**
 * The shards of lite's and nano's training data, or a folder of class folders. Words are the names of the labels; of
 * shards, the names of the other sets' labels are absent where none of the set's labels is a kind of them.
 *
 * @param absent of a folder of class folders.
 */
export async function readSearchedSets(
  folder: string,
  absent: readonly string[],
): Promise<readonly SearchedSet[]> {
  if (!hasShards(folder)) return [classFolders(await readClassFolders(folder), absent)];
  const concepts = await readConcepts();
  return (await readTrainingSets(folder)).map((set) => trainingSet(set, concepts));
}

function classFolders(
  { name, names, images }: LabelledSet,
  absent: readonly string[],
): SearchedSet {
  const words = names.map((text, i) => ({ text, shows: (label: number) => label === i }));
  return { name, splits: { 'held out': images }, words, absent };
}

function trainingSet({ name, images }: LabelledSet, concepts: Concepts): SearchedSet {
  const { datasets, positive, unknown, classes } = concepts;
  const classOf = datasets[name]!;
  const present = [...new Set(classOf)];
  const shows = (word: number, shown: number) =>
    positive[shown]!.includes(word) || (unknown[shown]!.includes(word) ? undefined : false);
  const isRelated = (word: number) =>
    present.some((one) => shows(word, one) !== false || positive[word]!.includes(one));
  const others = Array.from({ length: classes }, (_, i) => i).filter((word) => !isRelated(word));
  return {
    name,
    splits: {
      development: spread(images, DEVELOPMENT_IMAGES[name]),
      'held out': without(images, [DEVELOPMENT_IMAGES[name] ?? 0]),
    },
    words: present.map((word) => ({
      text: conceptName(concepts, word),
      shows: (label) => shows(word, classOf[label]!),
    })),
    absent: [...new Set(others.map((word) => conceptName(concepts, word)))],
  };
}
