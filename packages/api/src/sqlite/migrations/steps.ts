import { collections } from './001-collections.ts';
import { jobs } from './002-jobs.ts';
import { unknownFiles } from './003-unknown-files.ts';
import { levels } from './004-levels.ts';
import { classifiers } from './005-classifiers.ts';
import { rowLevels } from './006-row-levels.ts';

/**
 * What makes a database of version n from one of n − 1, as SQL. A step that was ever released is never
 * changed: another one follows it.
 */
export const MIGRATIONS: readonly string[] = [
  collections,
  jobs,
  unknownFiles,
  levels,
  classifiers,
  rowLevels,
];
