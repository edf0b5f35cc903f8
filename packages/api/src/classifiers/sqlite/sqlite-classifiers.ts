import type { Database } from '../../sqlite/database.ts';
import { moduleBeside } from '../../threads/module-beside.ts';
import { checkNewClasses, checkNewClassifier, checkNewExamples } from '../check-new.ts';
import type { Classifier, TrainingSet } from '../classifier.ts';
import type { ClassifierStore } from '../store.ts';
import type { PackedTrainingSet } from './examples.ts';
import type * as operations from './operations.ts';

const MODULE = moduleBeside(import.meta.url, 'operations');

/** What a thread needs of a classifier to find it again. */
const reference = ({ id, name }: Classifier) => ({ id, name });

/** Classifiers in the database of a data folder. */
export function openSqliteClassifiers(database: Database): ClassifierStore {
  const { reads, writes } = database.operations<typeof operations>(MODULE);
  return {
    create: async (owner, classifier, examples, replace) => {
      checkNewClassifier(classifier);
      checkNewExamples(examples, classifier.space.dimensions);
      return writes.createClassifier({ owner, classifier, examples, replace });
    },
    find: (owner, name) => reads.findClassifier({ owner, name }),
    list: (owner) => reads.listClassifiers(owner),
    listAll: () => reads.listAllClassifiers(undefined),
    delete: (owner, name) => writes.deleteClassifier({ owner, name }),

    addExamples: async (classifier, examples) => {
      checkNewExamples(examples, classifier.space.dimensions);
      return writes.addExamples({ classifier: reference(classifier), examples });
    },
    removeExamples: (classifier, contentHashes) =>
      writes.removeExamples({ classifier: reference(classifier), contentHashes }),
    moveExamples: (classifier, contentHashes, place) =>
      writes.moveExamples({ classifier: reference(classifier), contentHashes, place }),
    setClasses: async (classifier, classes) => {
      checkNewClasses(classes, classifier.space.dimensions);
      return writes.setClasses({ classifier: reference(classifier), classes });
    },
    examples: (classifier) => reads.readExamples(reference(classifier)),
    image: (classifier, contentHash) =>
      reads.readImage({ classifier: reference(classifier), contentHash }),
    trainingSet: async (classifier) =>
      unpack(await reads.readTrainingSet(reference(classifier)), classifier.space.dimensions),
    setTemperature: ({ id }, version, temperature) =>
      writes.setTemperature({ id, version, temperature }),
  };
}

function unpack(
  { version, hasText, texts, embeddings, classes, contentHashes }: PackedTrainingSet,
  dimensions: number,
): TrainingSet {
  const rowOf = (rows: Float32Array, i: number) =>
    rows.subarray(i * dimensions, (i + 1) * dimensions);
  return {
    version,
    texts: Array.from(hasText, (has, i) => (has === 1 ? rowOf(texts, i) : undefined)),
    examples: {
      embeddings: Array.from(classes, (_, i) => rowOf(embeddings, i)),
      classes: [...classes],
      contentHashes,
    },
  };
}
