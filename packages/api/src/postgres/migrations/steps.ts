import { classifiers } from './001-classifiers.ts';
import { collections } from './002-collections.ts';
import { labelSets } from './003-label-sets.ts';
import { requestCounts } from './010-request-counts.ts';
import { jobs } from './011-jobs.ts';
import { claims } from './012-claims.ts';
import { rowLevels } from './013-row-levels.ts';

/**
 * What makes a database of version n from one of n − 1, as SQL. A step that was ever released is never
 * changed: another one follows it.
 */
export const MIGRATIONS: readonly string[] = [
  classifiers,
  collections,
  labelSets,
  requestCounts,
  jobs,
  claims,
  rowLevels,
];
