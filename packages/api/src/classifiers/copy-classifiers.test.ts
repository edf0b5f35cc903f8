import { expect, test } from 'vitest';
import { ownerOf, SHARED } from '../access/owner.ts';
import { copyClassifiers } from './copy-classifiers.ts';
import type { ClassifierStore } from './store.ts';
import { sampleClassifier, sampleExample } from './testing/samples.ts';
import { STORES } from './testing/stores.ts';

const [sqlite, postgres] = STORES;

async function copy(from: ClassifierStore, to: ClassifierStore): Promise<readonly string[]> {
  const written: string[] = [];
  for await (const { classifier, isWritten } of copyClassifiers(from, to)) {
    if (isWritten) written.push(classifier.name);
  }
  return written;
}

test.each([
  ['from SQLite to PostgreSQL', sqlite!, postgres!],
  ['from PostgreSQL to SQLite', postgres!, sqlite!],
])(
  '%s classifiers come over whole, and again only when they have changed',
  async (_, [, openFrom], [, openTo]) => {
    const [from, to] = [await openFrom(), await openTo()];
    const ada = ownerOf('ada');
    const examples = [sampleExample(2, 1), sampleExample(0, 2), sampleExample(0, 3)];
    const animals = { ...sampleClassifier(), keepsImages: true };
    const { classifier } = await from.store.create(SHARED, animals, examples, false);
    await from.store.setTemperature(classifier, classifier.version, 1.5);
    const plants = sampleClassifier('plants');
    const plain = examples.map((example) => ({ ...example, image: undefined }));
    await from.store.create(ada, plants, plain, false);

    expect(await copy(from.store, to.store)).toEqual(['animals', 'plants']);
    const [before, after] = [
      await from.store.find(SHARED, 'animals'),
      await to.store.find(SHARED, 'animals'),
    ];
    expect(after.temperature).toBe(1.5);
    expect(after.classes).toEqual(before.classes);
    const sets = [await from.store.trainingSet(before), await to.store.trainingSet(after)] as const;
    expect(sets[1].texts).toEqual(sets[0].texts);
    expect(sets[1].examples).toEqual(sets[0].examples);
    const { contentHash, image } = examples[1]!;
    expect(await to.store.image(after, contentHash)).toEqual(image);
    expect((await to.store.find(ada, 'plants')).classes).toHaveLength(3);

    expect(await copy(from.store, to.store)).toEqual([]);
    await from.store.addExamples(await from.store.find(ada, 'plants'), [
      { ...sampleExample(1, 9), image: undefined },
    ]);
    expect(await copy(from.store, to.store)).toEqual(['plants']);
    expect((await to.store.examples(await to.store.find(ada, 'plants'))).length).toBe(4);
    for (const opened of [from, to]) await opened.close();
  },
);
