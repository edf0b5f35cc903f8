import type { Clip } from '@clipql/core';
import { type LabelledSet, mergeEqualNames, spread } from '../accuracy/labelled-set.ts';
import { readTrainingSets } from '../accuracy/training-sets.ts';
import { BenchError } from '../kit/errors.ts';
import { LABEL_TEMPLATES } from '../kit/label-templates.ts';
import { drawExamples } from './draw-examples.ts';
import type { EmbeddingCache } from './embedding-cache.ts';

/** Embeddings with the class of each. */
export interface Embedded {
  readonly embeddings: readonly Float32Array[];
  readonly classes: readonly number[];
}

/** A set in embeddings: what is learned from, and what is measured on. */
export interface EmbeddedSet {
  readonly name: string;
  /** [K][E], of the names of the classes. */
  readonly texts: readonly Float32Array[];
  readonly validation: Embedded;
  /** Pictures of each seed, in the order of classes; those of fewer shots are the first of each class. */
  readonly draws: readonly Embedded[];
}

export interface EmbeddedSetsRequest {
  /** Folder of shards. */
  readonly data: string;
  /** Names of sets; all unless given. */
  readonly sets: readonly string[];
  /** Pictures of each class to draw. */
  readonly shots: number;
  readonly seeds: number;
  /** Validation images of each set; all unless given. */
  readonly limit: number | undefined;
}

/** @throws BenchError CASE_INVALID for a folder without training and validation shards of any of the sets. */
export async function embedSets(
  request: EmbeddedSetsRequest,
  clip: Clip,
  cache: EmbeddingCache,
  progress: (line: string) => void,
): Promise<readonly EmbeddedSet[]> {
  const training = await readTrainingSets(request.data, 'train');
  const embedded: EmbeddedSet[] = [];
  for (const validation of await readTrainingSets(request.data)) {
    const { name } = validation;
    const source = training.find((set) => set.name === name);
    if (source === undefined) continue;
    if (request.sets.length > 0 && !request.sets.includes(name)) continue;
    const embed = (set: LabelledSet, positions: readonly number[]) =>
      cache.embed(
        positions.map((position) => set.images[position]!),
        (line) => progress(`${name}: ${line}`),
      );
    const { distinct, positions } = mergeEqualNames(validation.names);
    const classesOf = (set: LabelledSet) => set.images.map(({ label }) => positions[label]!);
    const measured = spread([...validation.images.keys()], request.limit);
    const measuredClasses = classesOf(validation);
    const sourceClasses = classesOf(source);
    const draws: Embedded[] = [];
    for (let seed = 1; seed <= request.seeds; seed++) {
      const drawn = [...drawExamples(sourceClasses, request.shots, seed).values()].flat();
      const classes = drawn.map((position) => sourceClasses[position]!);
      draws.push({ embeddings: await embed(source, drawn), classes });
    }
    embedded.push({
      name,
      texts: await clip.encodeLabels(distinct, LABEL_TEMPLATES),
      validation: {
        embeddings: await embed(validation, measured),
        classes: measured.map((position) => measuredClasses[position]!),
      },
      draws,
    });
  }
  if (embedded.length > 0) return embedded;
  const expected = "expected train and validation shards of lite's training data";
  throw new BenchError('CASE_INVALID', `${request.data}: ${expected}`);
}

/** Up to so many pictures of each class. */
export function firstOfEach({ embeddings, classes }: Embedded, shots: number): Embedded {
  const counts = new Map<number, number>();
  const chosen = classes.flatMap((label, i) => {
    const count = (counts.get(label) ?? 0) + 1;
    counts.set(label, count);
    return count <= shots ? [i] : [];
  });
  return {
    embeddings: chosen.map((i) => embeddings[i]!),
    classes: chosen.map((i) => classes[i]!),
  };
}
