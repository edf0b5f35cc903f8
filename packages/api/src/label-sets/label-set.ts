import type { Limits } from '../limits/limits.ts';
import { checkName } from '../limits/names.ts';
import { checkLabels } from '../limits/texts.ts';

/** Labels under a name, whose embeddings are kept. */
export interface LabelSet {
  readonly name: string;
  readonly labels: readonly string[];
  readonly templates: readonly string[];
  /** ISO 8601, in UTC. */
  readonly createdAt: string;
}

/** Of one caller: each may take the memory of 1,000 embeddings. */
export const MAX_SETS = 100;

/** Of a server. */
export const MAX_SETS_OF_ALL = 1_000;

/** @throws ApiError BAD_INPUT for its name; and what `checkLabels` throws. */
export function checkLabelSet({ name, labels, templates }: LabelSet, limits: Limits): void {
  checkName(name);
  checkLabels(labels, templates, limits);
}

/** Whether two sets give the same embeddings. */
export const holdsTheSame = (a: LabelSet, b: LabelSet): boolean =>
  JSON.stringify([a.labels, a.templates]) === JSON.stringify([b.labels, b.templates]);
