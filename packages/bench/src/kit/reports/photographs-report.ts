import type { Precision } from '@clipql/core';
import type { Machine } from '../machine.ts';

/** What a model says of a photograph. */
export interface PhotographAnswer {
  readonly model: string;
  readonly label: string;
  /** Of that label, 0 to 1; null where the model's mode has none. */
  readonly probability: number | null;
}

/** A photograph of a published package, its right label, and one answer per model. */
export interface PhotographRow {
  /** Registry, name and version. */
  readonly package: string;
  readonly file: string;
  readonly licence: string;
  readonly label: string;
  readonly answers: readonly PhotographAnswer[];
}

/** What `bench photographs --json` prints. */
export interface PhotographsReport {
  readonly machine: Machine;
  readonly precision: Precision;
  /** What the models choose from. */
  readonly labels: readonly string[];
  readonly models: readonly string[];
  readonly photographs: readonly PhotographRow[];
}

/** How many photographs a model labels rightly. */
export const rightAnswers = (rows: readonly PhotographRow[], model: string): number =>
  rows.filter(({ label, answers }) =>
    answers.some((answer) => answer.model === model && answer.label === label),
  ).length;
