import { isDeepStrictEqual } from 'node:util';
import { undefinedFor } from '../errors/undefined-for.ts';
import type { Classifier, NewClassifier, NewExample } from './classifier.ts';
import type { ClassifierStore } from './store.ts';

interface CopiedClassifier {
  readonly classifier: Classifier;
  /** Whether it had to be written. */
  readonly isWritten: boolean;
}

/**
 * Copies the classifiers of all owners into another store, where each keeps its owner and its name. One that is the same
 * there already is left alone, and another of its name gives way.
 *
 * @throws what stores throw.
 */
export async function* copyClassifiers(
  from: ClassifierStore,
  to: ClassifierStore,
): AsyncGenerator<CopiedClassifier> {
  for (const classifier of await from.listAll()) {
    const { owner, name } = classifier;
    const there = await undefinedFor('UNKNOWN_CLASSIFIER', to.find(owner, name));
    const isSame = there !== undefined && (await areSame([from, classifier], [to, there]));
    if (!isSame) await copyClassifier(from, to, classifier);
    yield { classifier, isWritten: !isSame };
  }
}

async function copyClassifier(
  from: ClassifierStore,
  to: ClassifierStore,
  classifier: Classifier,
): Promise<void> {
  const { owner, name, space, logitScale, templates, keepsImages, classes, temperature } =
    classifier;
  const { texts, examples: learned } = await from.trainingSet(classifier);
  const known = new Map(
    (await from.examples(classifier)).map((example) => [example.contentHash, example]),
  );
  const examples: NewExample[] = [];
  for (const [i, contentHash] of learned.contentHashes.entries()) {
    const example = known.get(contentHash);
    // One that was removed since, which the next run finds.
    if (example === undefined) continue;
    const { hasImage, addedAt: _, ...facts } = example;
    const image = hasImage ? await from.image(classifier, contentHash) : undefined;
    examples.push({ ...facts, embedding: learned.embeddings[i]!, image });
  }
  const copied: NewClassifier = {
    ...{ name, space, logitScale, templates, keepsImages },
    classes: classes.map(({ examples: _, ...one }, place) => ({ ...one, direction: texts[place] })),
  };
  const { classifier: made } = await to.create(owner, copied, examples, true);
  if (temperature !== undefined) await to.setTemperature(made, made.version, temperature);
}

type Stored = readonly [store: ClassifierStore, classifier: Classifier];

async function areSame(...[one, other]: readonly [Stored, Stored]): Promise<boolean> {
  return isDeepStrictEqual(await contentOf(...one), await contentOf(...other));
}

/** What of a classifier is the same wherever it is. */
async function contentOf(store: ClassifierStore, classifier: Classifier): Promise<object> {
  const { space, logitScale, templates, keepsImages, classes, temperature } = classifier;
  const examples = (await store.examples(classifier)).map(({ addedAt: _, ...example }) => example);
  return { space, logitScale, templates, keepsImages, classes, temperature, examples };
}
