/** What the database's threads do for classifiers; see `OperationModule`. */
import {
  deleteClassifier,
  findClassifier,
  listAllClassifiers,
  listClassifiers,
} from './catalogue.ts';
import {
  addExamples,
  createClassifier,
  moveExamples,
  readExamples,
  readImage,
  readTrainingSet,
  removeExamples,
  setClasses,
  setTemperature,
} from './examples.ts';

export const reads = {
  findClassifier,
  listAllClassifiers,
  listClassifiers,
  readExamples,
  readImage,
  readTrainingSet,
};

export const writes = {
  addExamples,
  createClassifier,
  deleteClassifier,
  moveExamples,
  removeExamples,
  setClasses,
  setTemperature,
};
