import type { ClassFigures, Confusion, CoveragePoint, Estimate, Reliability } from '@clipql/core';

/** How good a classifier is on labelled pictures. Classes and pictures are given by their places, from 0. */
export interface Assessment {
  readonly accuracy: Estimate;
  /** Mean recall of the classes: small ones count as much as large ones. */
  readonly balancedAccuracy: Estimate;
  readonly classes: readonly ClassFigures[];
  /** [K][K]: a row for each true class, a column for each class that it was taken for. */
  readonly confusionMatrix: readonly (readonly number[])[];
  /** The most frequent first. */
  readonly confusions: readonly Confusion[];
  readonly calibration: Calibration;
  /** What it would bring to reject answers of a low probability. */
  readonly coverage: readonly CoveragePoint[];
  /** The surest of the wrong answers first. */
  readonly mistakes: readonly Mistake[];
}

/** Whether probabilities are what they claim to be. */
export interface Calibration {
  /** Of the probabilities as they are. */
  readonly before: CalibrationFigures;
  /** What the logits are to be divided by, found on all pictures. */
  readonly temperature: number;
  /** By temperatures, each found on the other folds; undefined where there is but one picture. */
  readonly after: CalibrationFigures | undefined;
}

export interface CalibrationFigures extends Reliability {
  /** Mean negative log-likelihood of the true classes, in nats. */
  readonly negativeLogLikelihood: number;
}

export interface Mistake {
  readonly image: number;
  readonly truth: number;
  readonly predicted: number;
  /** Of the class that it was taken for. */
  readonly probability: number;
  /** Of the true class. */
  readonly truthProbability: number;
}

/** What a few pictures of each class would bring. No picture is judged by a classifier that has learned from it. */
export interface FewShot {
  /** As many as pictures for leave-one-out. */
  readonly folds: number;
  readonly isLeaveOneOut: boolean;
  /** By how many pictures of each class were learned from, ascending; a class with fewer gave all it has. */
  readonly levels: readonly ShotLevel[];
  /** That of the last level. */
  readonly assessment: Assessment;
}

export interface ShotLevel {
  readonly shots: number;
  readonly accuracy: Estimate;
  readonly balancedAccuracy: Estimate;
}

/** How candidate templates do, next to those that were asked for, on the same pictures. */
export interface TemplateComparison {
  /** How many pictures: at most some thousands are compared. */
  readonly images: number;
  /** Of the templates asked for. */
  readonly own: Estimate;
  readonly candidates: readonly TemplateTrial[];
  /** All candidates as one ensemble. */
  readonly ensemble: Trial;
  /**
   * How good it is to take the best of them: chosen on some folds, judged on the other. To choose and judge on the
   * same pictures would promise too much.
   */
  readonly chosenByFolds: Estimate | undefined;
}

export interface Trial {
  readonly accuracy: Estimate;
  /** Pictures that it gets right, and the templates asked for get wrong. */
  readonly gained: number;
  /** The other way round. */
  readonly lost: number;
}

interface TemplateTrial extends Trial {
  /** The place of the template among the candidates. */
  readonly template: number;
}

/** Figures of a part of the pictures. */
export interface GroupFigures {
  /** Undefined for pictures without a value. */
  readonly value: string | undefined;
  readonly images: number;
  readonly zeroShot: GroupAccuracy;
  readonly fewShot: GroupAccuracy | undefined;
}

export interface GroupAccuracy {
  readonly accuracy: Estimate;
  /** Over the classes that the group has pictures of. */
  readonly balancedAccuracy: Estimate;
}

export interface Breakdown {
  readonly column: string;
  /** By value; pictures without one come last. */
  readonly groups: readonly GroupFigures[];
}

/** What labelled embeddings say. */
export interface Figures {
  readonly zeroShot: Assessment;
  /** Undefined where it was not asked for, or no class has two pictures. */
  readonly fewShot: FewShot | undefined;
  readonly templates: TemplateComparison | undefined;
  readonly breakdowns: readonly Breakdown[];
}
