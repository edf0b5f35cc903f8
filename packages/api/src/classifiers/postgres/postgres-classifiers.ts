import type { Postgres } from '../../postgres/connection.ts';
import { checkNewClasses, checkNewClassifier, checkNewExamples } from '../check-new.ts';
import type { ClassifierStore } from '../store.ts';
import {
  findClassifier,
  insertClassifier,
  listClassifiers,
  lockNames,
  removeClassifier,
} from './catalogue.ts';
import {
  addExamples,
  addFirstExamples,
  moveExamples,
  readExamples,
  readImage,
  readTrainingSet,
  removeExamples,
  setClasses,
} from './examples.ts';

/** Classifiers in PostgreSQL. */
export const openPostgresClassifiers = (database: Postgres): ClassifierStore => ({
  create: async (owner, classifier, examples, replace) => {
    checkNewClassifier(classifier);
    checkNewExamples(examples, classifier.space.dimensions);
    return database.transaction(async (connection) => {
      const id = await insertClassifier(connection, owner, classifier, replace);
      return addFirstExamples(connection, { id, name: classifier.name }, examples);
    });
  },
  find: (owner, name) => database.snapshot((connection) => findClassifier(connection, owner, name)),
  list: (owner) => database.snapshot((connection) => listClassifiers(connection, owner)),
  listAll: () => database.snapshot((connection) => listClassifiers(connection)),
  delete: (owner, name) =>
    database.transaction(async (connection) => {
      await lockNames(connection, owner);
      const classifier = await findClassifier(connection, owner, name);
      await removeClassifier(connection, classifier.id);
      return classifier;
    }),

  addExamples: async (classifier, examples) => {
    checkNewExamples(examples, classifier.space.dimensions);
    return database.transaction((connection) => addExamples(connection, classifier, examples));
  },
  removeExamples: (classifier, contentHashes) =>
    database.transaction((connection) => removeExamples(connection, classifier, contentHashes)),
  moveExamples: (classifier, contentHashes, place) =>
    database.transaction((connection) =>
      moveExamples(connection, classifier, contentHashes, place),
    ),
  setClasses: async (classifier, classes) => {
    checkNewClasses(classes, classifier.space.dimensions);
    return database.transaction((connection) => setClasses(connection, classifier, classes));
  },
  examples: (classifier) => database.snapshot((connection) => readExamples(connection, classifier)),
  image: (classifier, contentHash) =>
    database.snapshot((connection) => readImage(connection, classifier, contentHash)),
  trainingSet: (classifier) =>
    database.snapshot((connection) => readTrainingSet(connection, classifier)),
  setTemperature: async ({ id }, version, temperature) => {
    const sql = 'UPDATE classifiers SET temperature = $1 WHERE id = $2 AND version = $3';
    await database.run(sql, temperature, id, version);
  },
});
