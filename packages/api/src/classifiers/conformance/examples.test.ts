/** Pictures that classifiers learn from: what is kept, what is refused, what training gets. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Owner, ownerOf } from '../../access/owner.ts';
import { vectorOf } from '../../collections/testing/samples.ts';
import type { Classifier } from '../classifier.ts';
import type { ClassifierStore } from '../store.ts';
import { sampleClassifier, sampleExample } from '../testing/samples.ts';
import { STORES, type TestStore } from '../testing/stores.ts';

const hashOf = (number: number) => sampleExample(0, number).contentHash;

describe.each(STORES)('%s', (_, open) => {
  let opened: TestStore;
  let store: ClassifierStore;
  let owner: Owner;
  let animals: Classifier;
  beforeAll(async () => {
    opened = await open();
    store = opened.store;
  });
  afterAll(() => opened.close());
  beforeEach(async ({ task }) => {
    owner = ownerOf(task.name);
    ({ classifier: animals } = await store.create(
      owner,
      sampleClassifier(),
      [sampleExample(2, 9)],
      false,
    ));
  });

  const counts = ({ classes }: Classifier) => classes.map(({ examples }) => examples);

  test('training gets the embeddings as they were given, in their order', async () => {
    // No float16 and no power of two.
    const embedding = new Float32Array(8).fill(Math.fround(1 / Math.sqrt(8)));
    const { classifier } = await store.addExamples(animals, [
      sampleExample(1, 3),
      { ...sampleExample(0, 4), embedding },
    ]);
    expect(await store.trainingSet(animals)).toEqual({
      version: classifier.version,
      texts: [vectorOf(0), vectorOf(1), undefined],
      examples: {
        embeddings: [vectorOf(9), vectorOf(3), embedding],
        classes: [2, 1, 0],
        contentHashes: [hashOf(9), hashOf(3), hashOf(4)],
      },
    });
    expect(await store.examples(animals)).toMatchObject([
      { class: 2, contentHash: hashOf(9), source: 'photos/9.jpg', format: 'jpeg' },
      { class: 1, contentHash: hashOf(3), hasImage: false },
      { class: 0, contentHash: hashOf(4) },
    ]);
    expect(counts(classifier)).toEqual([1, 1, 1]);
  });

  test('a picture that comes again in its class is kept once, and changes nothing', async () => {
    const first = await store.addExamples(animals, [sampleExample(0, 1), sampleExample(0, 1)]);
    expect(first.outcomes).toEqual([{ kind: 'KEPT' }, { kind: 'KNOWN' }]);
    expect(first.classifier.version).toBe(animals.version + 1);
    const second = await store.addExamples(animals, [sampleExample(0, 1)]);
    expect(second.outcomes).toEqual([{ kind: 'KNOWN' }]);
    expect(second.classifier).toEqual(first.classifier);
  });

  test('a picture of two classes is kept in neither; one that was kept before stays', async () => {
    const { outcomes, classifier } = await store.addExamples(animals, [
      sampleExample(0, 1),
      sampleExample(0, 2),
      sampleExample(1, 1),
      sampleExample(1, 9),
    ]);
    expect(outcomes).toEqual([
      { kind: 'CONTRADICTORY', other: 1 },
      { kind: 'KEPT' },
      { kind: 'CONTRADICTORY', other: 0 },
      { kind: 'CONTRADICTORY', other: 2 },
    ]);
    expect(counts(classifier)).toEqual([1, 0, 1]);
  });

  test('two that add a picture to two classes at once leave it in one', async () => {
    const other = await opened.another();
    const both = await Promise.all([
      store.addExamples(animals, [sampleExample(0, 1)]),
      other.addExamples(animals, [sampleExample(1, 1)]),
    ]);
    const kinds = both.map(({ outcomes }) => outcomes[0]!.kind).sort();
    expect(kinds).toEqual(['CONTRADICTORY', 'KEPT']);
  });

  test('removed examples are gone, and those that are not there are passed over', async () => {
    await store.addExamples(animals, [sampleExample(0, 1), sampleExample(0, 2)]);
    const { classifier, removed } = await store.removeExamples(animals, [hashOf(1), hashOf(77)]);
    expect(removed).toBe(1);
    expect(counts(classifier)).toEqual([1, 0, 1]);
    const { outcomes } = await store.addExamples(animals, [sampleExample(1, 1)]);
    expect(outcomes).toEqual([{ kind: 'KEPT' }]);
    expect(await store.removeExamples(animals, [hashOf(77)])).toMatchObject({ removed: 0 });
  });

  test('a class without texts keeps its last picture', async () => {
    const last = store.removeExamples(animals, [hashOf(9)]);
    await expect(last).rejects.toMatchObject({ code: 'BAD_INPUT' });
    expect(await store.examples(animals)).toHaveLength(1);
  });

  test('moved examples are in the other class, with their images, and those that are there stay', async () => {
    const keeping = { ...sampleClassifier('keeping'), keepsImages: true };
    const given = [sampleExample(2, 9), sampleExample(0, 1), sampleExample(0, 2)];
    const { classifier } = await store.create(owner, keeping, given, false);
    const moved = await store.moveExamples(classifier, [hashOf(1), hashOf(9), hashOf(77)], 2);
    expect(moved.moved).toBe(1);
    expect(counts(moved.classifier)).toEqual([1, 0, 2]);
    expect(moved.classifier.version).toBeGreaterThan(classifier.version);
    expect(await store.image(classifier, hashOf(1))).toEqual(Uint8Array.of(1, 2, 1));
    const again = await store.moveExamples(classifier, [hashOf(1)], 2);
    expect(again).toEqual({ moved: 0, classifier: moved.classifier });
    await expect(store.moveExamples(classifier, [hashOf(1), hashOf(9)], 0)).rejects.toMatchObject({
      code: 'BAD_INPUT',
    });
    expect(await store.find(owner, 'keeping')).toEqual(moved.classifier);
  });

  test('pictures are not moved into a class that would have more than 50', async () => {
    const fill = Array.from({ length: 50 }, (_, i) => sampleExample(0, 100 + i));
    const { classifier } = await store.addExamples(animals, [...fill, sampleExample(1, 1)]);
    await expect(store.moveExamples(animals, [hashOf(1)], 0)).rejects.toMatchObject({
      code: 'TOO_MANY_EXAMPLES',
    });
    expect(await store.find(owner, 'animals')).toEqual(classifier);
  });

  test('a class has at most 50 pictures, and a batch that leads beyond is refused as a whole', async () => {
    const fill = Array.from({ length: 50 }, (_, i) => sampleExample(0, 100 + i));
    await store.addExamples(animals, fill);
    // Those that are there do not count twice.
    await store.addExamples(animals, fill);
    const more = store.addExamples(animals, [sampleExample(1, 1), sampleExample(0, 2)]);
    await expect(more).rejects.toMatchObject({
      code: 'TOO_MANY_EXAMPLES',
      message: 'expected at most 50 pictures in class "sheep", got 51',
    });
    expect(counts(await store.find(owner, 'animals'))).toEqual([50, 0, 1]);
  });

  test('pictures times classes are at most 25,000, as training takes time with both', async () => {
    const classes = Array.from({ length: 100 }, (_, i) => ({
      ...{ label: `c${i}`, texts: null, isCut: false },
      direction: vectorOf(i),
    }));
    const wide = { ...sampleClassifier('wide'), classes };
    const pictures = (count: number) =>
      Array.from({ length: count }, (_, i) => sampleExample(i % 100, i));
    await store.create(owner, wide, pictures(250), false);
    await expect(store.create(owner, wide, pictures(251), true)).rejects.toMatchObject({
      code: 'TOO_MANY_EXAMPLES',
      message: 'expected at most 25,000 pictures times classes, got 25,100',
    });
  });

  test('images are kept where that is asked for, and only there', async () => {
    expect(await store.image(animals, hashOf(9))).toBeUndefined();
    const keeping = { ...sampleClassifier('keeping'), keepsImages: true };
    const { classifier } = await store.create(owner, keeping, [sampleExample(2, 9)], false);
    expect(await store.image(classifier, hashOf(9))).toEqual(Uint8Array.of(1, 2, 9));
    expect((await store.examples(classifier))[0]).toMatchObject({ hasImage: true });
    await store.addExamples(classifier, [sampleExample(2, 8)]);
    await store.removeExamples(classifier, [hashOf(9)]);
    expect(await store.image(classifier, hashOf(9))).toBeUndefined();
  });

  test('more than 256 MiB of images are refused', async () => {
    const image = new Uint8Array(2 ** 28 + 1);
    const more = store.addExamples(animals, [{ ...sampleExample(0, 1), image }]);
    await expect(more).rejects.toMatchObject({ code: 'TOO_MANY_IMAGE_BYTES' });
  });

  test('a temperature holds for the examples that it was trained on', async () => {
    await store.setTemperature(animals, animals.version, 1.25);
    expect((await store.find(owner, 'animals')).temperature).toBe(1.25);
    const { classifier } = await store.addExamples(animals, [sampleExample(0, 1)]);
    expect(classifier.temperature).toBeUndefined();
    await store.setTemperature(animals, animals.version, 1.25);
    expect((await store.find(owner, 'animals')).temperature).toBeUndefined();
  });

  test.each([
    ['another length', vectorOf(0, 7)],
    ['NaN', new Float32Array(8).fill(Number.NaN)],
    ['length 2', Float32Array.of(2, 0, 0, 0, 0, 0, 0, 0)],
  ])('a batch with an embedding of %s is refused as a whole', async (_case, embedding) => {
    const batch = [sampleExample(0, 1), { ...sampleExample(0, 2), embedding }];
    await expect(store.addExamples(animals, batch)).rejects.toMatchObject({ code: 'BAD_INPUT' });
    expect(await store.find(owner, 'animals')).toEqual(animals);
  });
});
