/** Training: once for each state of a classifier, in a thread that may die, the same after a restart. */
import { Worker } from 'node:worker_threads';
import { normalized, trainLinearProbe } from '@clipql/core';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { ApiError } from '../errors/api-error.ts';
import { temporaryDataFolder } from '../sqlite/data-folder.ts';
import { openDatabase } from '../sqlite/database.ts';
import type { NewExample } from './classifier.ts';
import { createClassifiers, type OwnedClassifiers } from './classifiers.ts';
import { openSqliteClassifiers } from './sqlite/sqlite-classifiers.ts';
import type { ClassifierStore } from './store.ts';
import { sampleClassifier, sampleExample } from './testing/samples.ts';

let folder: Awaited<ReturnType<typeof temporaryDataFolder>>;
let owned: OwnedClassifiers;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  folder = await temporaryDataFolder();
  owned = await open();
});

afterEach(() => vi.restoreAllMocks());

afterAll(async () => {
  for (const close of closing.reverse()) await close();
  await folder.close();
});

async function open(changed: Partial<ClassifierStore> = {}): Promise<OwnedClassifiers> {
  const database = await openDatabase(folder.path);
  const classifiers = createClassifiers({ ...openSqliteClassifiers(database), ...changed });
  closing.push(database.close, classifiers.close);
  return classifiers;
}

/** Of no two classes alike, and of no two pictures. */
const examples = (count: number, from = 0): readonly NewExample[] =>
  Array.from({ length: count }, (_, i) => ({
    ...sampleExample(i % 3, from + i),
    embedding: normalized(
      Array.from(
        { length: 8 },
        (_value, d) => Math.sin((from + i + 1) * (d + 1)) + 2 * +(d === i % 3),
      ),
    ),
  }));

const original = Worker.prototype.postMessage;
const postings = () => vi.spyOn(Worker.prototype, 'postMessage');
/** Of training; the database's threads get messages too. */
const trainings = (spy: ReturnType<typeof postings>) =>
  spy.mock.calls.filter(([message]) => message instanceof Object && 'logitScale' in message).length;

test('a classifier is trained once for each change of its pictures, and keeps its temperature', async () => {
  const classifiers = owned.of('once');
  const { classifier } = await classifiers.create(sampleClassifier(), examples(9), false);
  const spy = postings();
  const [first, same] = await Promise.all([
    classifiers.teach(classifier),
    classifiers.teach(classifier),
  ]);
  expect(same).toBe(first);
  expect(trainings(spy)).toBe(1);
  expect((await classifiers.find('animals')).temperature).toBe(first.probe!.temperature);
  const added = await classifiers.addExamples(classifier, examples(3, 9));
  const second = await classifiers.teach(added.classifier);
  expect(second.probe).not.toEqual(first.probe);
  expect(await classifiers.teach(await classifiers.find('animals'))).toBe(second);
  expect(trainings(spy)).toBe(2);
});

test('what it has learned is what core learns of the same pictures, also after a restart', async () => {
  const first = owned.of('restart');
  const { classifier } = await first.create(sampleClassifier(), examples(12), false);
  const { probe } = await first.teach(classifier);
  const embeddings = examples(12).map(({ embedding }) => embedding);
  const texts = sampleClassifier().classes.map(({ direction }) => direction);
  expect(probe).toEqual(
    trainLinearProbe({
      ...{ texts, logitScale: 100 },
      examples: { embeddings, classes: examples(12).map((one) => one.class) },
    }),
  );
  const second = (await open()).of('restart');
  expect((await second.teach(await second.find('animals'))).probe).toEqual(probe);
});

test('with its temperature kept, a classifier answers after a restart though the disk is full', async () => {
  const first = owned.of('full');
  const { classifier } = await first.create(sampleClassifier(), examples(9), false);
  const { probe } = await first.teach(classifier);
  const setTemperature = () =>
    Promise.reject(new ApiError('STORE_FULL', 'expected room, got none'));
  const second = (await open({ setTemperature })).of('full');
  expect((await second.teach(await second.find('animals'))).probe).toEqual(probe);
});

test('owners train at the same time, each its own', async () => {
  const probes = await Promise.all(
    ['ada', 'bob', 'eve'].map(async (caller, i) => {
      const classifiers = owned.of(caller);
      const { classifier } = await classifiers.create(
        sampleClassifier(),
        examples(9, 100 * i),
        false,
      );
      return (await classifiers.teach(classifier)).probe!.weights.join();
    }),
  );
  expect(new Set(probes).size).toBe(3);
});

test('a thread that dies fails the training under way, and the next has another thread', async () => {
  const classifiers = owned.of('dying');
  const { classifier } = await classifiers.create(sampleClassifier(), examples(9), false);
  const spy = postings().mockImplementation(function (this: Worker, message, ...more) {
    if (message instanceof Object && 'logitScale' in message) void this.terminate();
    return original.call(this, message, ...(more as []));
  });
  await expect(classifiers.teach(classifier)).rejects.toMatchObject({ code: 'WORKER_LOST' });
  spy.mockRestore();
  expect((await classifiers.teach(classifier)).probe?.temperature).toBeGreaterThan(0);
});

test('closing fails the training under way and those that wait, and starts no thread', async () => {
  const closed = await open();
  const taught = await Promise.all(
    ['one', 'two', 'three'].map(async (caller, i) => {
      const classifiers = closed.of(`closed-${caller}`);
      const pictures = examples(9, 100 * i);
      const { classifier } = await classifiers.create(sampleClassifier(), pictures, false);
      return () => classifiers.teach(classifier);
    }),
  );
  const spy = postings();
  const pending = Promise.allSettled(taught.map((teach) => teach()));
  await vi.waitUntil(() => trainings(spy) > 0);
  await closed.close();
  const reasons = (await pending).map((one) => one.status === 'rejected' && one.reason.code);
  expect(reasons).toEqual(['WORKER_LOST', 'WORKER_LOST', 'WORKER_LOST']);
  expect(trainings(spy)).toBe(1);
});
