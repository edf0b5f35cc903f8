import { join } from 'node:path';
import { REPOSITORY } from '../kit/folders.ts';
import { readJsonObject } from '../kit/input-file.ts';

const CONCEPTS = join(REPOSITORY, 'models', 'nano', 'training', 'concepts.json');

/** What concepts.json says of the labels of the training sets. The classes are the first concepts. */
export interface Concepts {
  /** How many of the concepts are classes. */
  readonly classes: number;
  readonly concepts: readonly string[];
  readonly lemmas: Readonly<Record<string, readonly string[]>>;
  /** For each set, the position of each label's class among `concepts`. */
  readonly datasets: Readonly<Record<string, readonly number[]>>;
  /** For each class, the concepts that its images show: itself, and what it is a kind of. */
  readonly positive: readonly (readonly number[])[];
  /** For each class, the classes that are kinds of it, and that its images may or may not show. */
  readonly unknown: readonly (readonly number[])[];
}

export const readConcepts = async (): Promise<Concepts> =>
  (await readJsonObject(CONCEPTS)) as unknown as Concepts;

/** The first word of a concept, as models/nano/training/captions.py takes it. */
export const conceptName = ({ concepts, lemmas }: Concepts, position: number): string =>
  lemmas[concepts[position]!]![0]!;

/** The name of each label of a set. */
export const labelNames = (concepts: Concepts, set: string): readonly string[] =>
  concepts.datasets[set]!.map((position) => conceptName(concepts, position));
