/** What the database's threads do for classifiers; see `OperationModule`. */
import { deleteClassifier, findClassifier, listClassifiers } from './catalogue.ts';
import {
  addExamples,
  createClassifier,
  readExamples,
  readImage,
  readTrainingSet,
  removeExamples,
  setTemperature,
} from './examples.ts';

export const reads = {
  findClassifier,
  listClassifiers,
  readExamples,
  readImage,
  readTrainingSet,
};

export const writes = {
  addExamples,
  createClassifier,
  deleteClassifier,
  removeExamples,
  setTemperature,
};
