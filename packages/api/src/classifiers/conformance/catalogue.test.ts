/** Classifiers as such: names, owners, classes. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Owner, ownerOf, SHARED } from '../../access/owner.ts';
import { SPACE, vectorOf } from '../../collections/testing/samples.ts';
import type { NewClass } from '../classifier.ts';
import { sampleClassifier, sampleExample } from '../testing/samples.ts';
import { STORES, type TestStore } from '../testing/stores.ts';

const isChangedOrGone = (outcome: unknown): boolean =>
  typeof outcome === 'object' || outcome === 'UNKNOWN_CLASSIFIER';

describe.each(STORES)('%s', (_, open) => {
  let opened: TestStore;
  let owner: Owner;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened.close());
  beforeEach(({ task }) => {
    owner = ownerOf(task.name);
  });

  const create = (name = 'animals', replace = false) =>
    opened.store.create(owner, sampleClassifier(name), [sampleExample(2, 5)], replace);

  test('a classifier is found under its name by its owner alone, also by another process', async () => {
    const { store } = opened;
    const { classifier } = await create();
    expect(classifier).toMatchObject({
      ...{ owner, name: 'animals', space: SPACE, templates: ['a photo of a {}.'] },
      ...{ keepsImages: false, temperature: undefined },
      classes: [
        { label: 'sheep', texts: ['sheep', 'lamb'], isCut: false, examples: 0 },
        { label: 'goat', texts: null, isCut: true, examples: 0 },
        { label: 'none', texts: [], isCut: false, examples: 1 },
      ],
    });
    await create('birds');
    const other = await opened.another();
    expect(await other.find(owner, 'animals')).toEqual(classifier);
    expect((await other.list(owner)).map(({ name }) => name)).toEqual(['animals', 'birds']);
    await expect(store.find(SHARED, 'animals')).rejects.toMatchObject({
      code: 'UNKNOWN_CLASSIFIER',
    });
    await expect(store.find(owner, 'animal')).rejects.toThrow('(known: animals, birds)');
  });

  test('a classifier that is replaced or deleted while its classes change is replaced or deleted', async () => {
    const { store } = opened;
    const classes = sampleClassifier().classes.map((one, from) => ({ ...one, from }));
    for (let round = 0; round < 20; round++) {
      const { classifier } = await create('animals', true);
      const changing = store.setClasses(classifier, classes).catch((error) => error.code);
      await create('animals', true);
      expect(await changing).toSatisfy(isChangedOrGone);
      const there = await store.find(owner, 'animals');
      const again = store.setClasses(there, classes).catch((error) => error.code);
      await store.delete(owner, 'animals');
      expect(await again).toSatisfy(isChangedOrGone);
      expect(await store.list(owner)).toEqual([]);
    }
  });

  test('a name is taken once, unless it is replaced, and then the former one is gone', async () => {
    const { store } = opened;
    const { classifier: former } = await create();
    await expect(create()).rejects.toMatchObject({ code: 'CLASSIFIER_EXISTS' });
    const { classifier } = await create('animals', true);
    expect(await store.list(owner)).toEqual([classifier]);
    for (const call of [
      () => store.addExamples(former, [sampleExample(0, 1)]),
      () => store.removeExamples(former, ['a']),
      () => store.examples(former),
      () => store.trainingSet(former),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: 'UNKNOWN_CLASSIFIER' });
    }
    for (const name of ['', 'Animals', '../animals', "a'; DROP TABLE examples; --"]) {
      await expect(create(name)).rejects.toMatchObject({ code: 'BAD_INPUT' });
    }
  });

  test.each(['a\0', '\ud800'])('none is called %j, and none is made', async (name) => {
    const { store } = opened;
    await expect(create(name)).rejects.toMatchObject({ code: 'BAD_INPUT' });
    const unknown = { code: 'UNKNOWN_CLASSIFIER', message: expect.stringContaining('is none') };
    await expect(store.find(owner, name)).rejects.toMatchObject(unknown);
    await expect(store.delete(owner, name)).rejects.toMatchObject(unknown);
  });

  test('what replaces a classifier and cannot be kept leaves the former one as it was', async () => {
    const { store } = opened;
    const { classifier } = await create();
    const unusable = store.create(owner, sampleClassifier(), [], true);
    await expect(unusable).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: 'expected texts or at least 1 picture in class "none", got neither',
    });
    expect(await store.find(owner, 'animals')).toEqual(classifier);
    expect(await store.examples(classifier)).toHaveLength(1);
  });

  test('a deleted classifier is gone with its examples, and its name is free', async () => {
    const { store } = opened;
    const { classifier } = await create();
    expect(await store.delete(owner, 'animals')).toEqual(classifier);
    await expect(store.delete(owner, 'animals')).rejects.toMatchObject({
      code: 'UNKNOWN_CLASSIFIER',
    });
    const { classifier: again } = await create();
    expect(await store.examples(again)).toHaveLength(1);
  });

  test('an owner has at most 100 classifiers, and others have their own', async () => {
    for (let i = 0; i < 100; i++) await create(`c${i}`);
    await expect(create('more')).rejects.toMatchObject({ code: 'TOO_MANY_CLASSIFIERS' });
    await create('c7', true);
    await opened.store.create(ownerOf('ada'), sampleClassifier(), [sampleExample(2, 5)], false);
  });

  test('other classes keep the pictures of those that they are made from, and the rest goes', async () => {
    const { store } = opened;
    const given = [sampleExample(0, 1), sampleExample(1, 2), sampleExample(2, 5)];
    const { classifier: former } = await store.create(owner, sampleClassifier(), given, false);
    const classifier = await store.setClasses(former, [
      { ...text('pony', ['pony', 'foal']), from: undefined },
      { ...text('anything else', []), direction: undefined, from: 2 },
      { ...text('lamb'), direction: vectorOf(3), from: 0 },
    ]);
    expect(classifier).toMatchObject({
      ...{ name: 'animals', space: SPACE, createdAt: former.createdAt, temperature: undefined },
      classes: [
        { label: 'pony', texts: ['pony', 'foal'], examples: 0 },
        { label: 'anything else', texts: [], examples: 1 },
        { label: 'lamb', texts: null, examples: 1 },
      ],
    });
    expect(await store.list(owner)).toEqual([classifier]);
    expect(await store.trainingSet(classifier)).toMatchObject({
      texts: [vectorOf(0), undefined, vectorOf(3)],
      examples: { embeddings: [vectorOf(1), vectorOf(5)], classes: [2, 1] },
    });
    // Places that were found before are those of other classes now.
    for (const call of [
      () => store.addExamples(former, [sampleExample(0, 9)]),
      () => store.moveExamples(former, [], 0),
      () => store.trainingSet(former),
      () => store.setClasses(former, [text('a'), text('b')].map(fresh)),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: 'UNKNOWN_CLASSIFIER' });
    }
  });

  test('classes that cannot be kept leave the former ones as they were', async () => {
    const { store } = opened;
    const { classifier } = await create();
    for (const classes of [
      [text('a')],
      [text('a'), text('a')],
      [text('a'), { ...text('none', []), direction: undefined }],
    ]) {
      await expect(store.setClasses(classifier, classes.map(fresh))).rejects.toMatchObject({
        code: 'BAD_INPUT',
      });
    }
    expect(await store.find(owner, 'animals')).toEqual(classifier);
    expect(await store.examples(classifier)).toHaveLength(1);
  });

  const text = (label: string, texts: readonly string[] | null = null): NewClass => ({
    ...{ label, texts, isCut: false },
    direction: vectorOf(0),
  });
  const fresh = (one: NewClass) => ({ ...one, from: undefined });
  const many = (count: number) => Array.from({ length: count }, (_, i) => text(`c${i}`));

  test.each([
    ['a single class', [text('a')], 'BAD_INPUT', 'expected at least 2 classes, got 1'],
    ['no class', [], 'BAD_INPUT', 'expected at least 2 classes, got none'],
    ['101 classes', many(101), 'TOO_MANY_LABELS', 'expected at most 100 classes, got 101'],
    [
      'two classes of one label',
      [text('a'), text('b'), text('a')],
      'BAD_INPUT',
      'expected each class once, got two with the label "a"',
    ],
    ['an empty label', [text('a'), text(' ')], 'BAD_INPUT', 'expected a label for each class'],
    ['a label with NUL', [text('a'), text('b\0')], 'BAD_INPUT', 'without NUL, got "b\\u0000"'],
    ['half of a character', [text('a'), text('\ud800')], 'BAD_INPUT', 'a label in Unicode'],
    ['an empty text', [text('a'), text('b', [''])], 'BAD_INPUT', 'texts in class "b"'],
    ['a long label', [text('a'), text('x'.repeat(201))], 'BAD_INPUT', 'got 201'],
    ['a long text', [text('a'), text('b', ['x'.repeat(501)])], 'BAD_INPUT', 'got 501'],
    ['21 texts', [text('a'), text('b', Array(21).fill('x'))], 'BAD_INPUT', 'at most 20 texts'],
    [
      'an embedding of another length',
      [text('a'), { ...text('b'), direction: vectorOf(0, 7) }],
      'BAD_INPUT',
      '8 values',
    ],
  ] as [string, NewClass[], string, string][])(
    '%s is refused, and nothing is kept',
    async (_case, classes, code, message) => {
      const { store } = opened;
      const classifier = { ...sampleClassifier(), classes };
      await expect(store.create(owner, classifier, [], false)).rejects.toMatchObject({
        code,
        message: expect.stringContaining(message),
      });
      expect(await store.list(owner)).toEqual([]);
    },
  );
});
