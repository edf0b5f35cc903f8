import type { Precision } from '@clipql/core';
import { memoryBytes } from './requirements.ts';
import type { Task, ZooModel } from './zoo.ts';

/** What a model has to be; anything that is left out does not matter. */
export interface Wish {
  readonly task?: Task | undefined;
  /** The most that its weights may take. */
  readonly memoryBytes?: number | undefined;
  /** Whether its licence has to allow commercial use. */
  readonly commercial?: boolean | undefined;
}

export interface Choice {
  readonly model: ZooModel;
  /** int8 where only that fits into the memory. */
  readonly precision: Precision;
}

export interface Recommendation {
  readonly best: Choice;
  /** The most accurate of those that fit, where that is another one. */
  readonly mostAccurate: Choice | undefined;
}

/** The models that do, in their order. */
export function choicesFor(models: readonly ZooModel[], wish: Wish): readonly Choice[] {
  return models.flatMap((model) => {
    const { task, commercial } = wish;
    if (task !== undefined && !model.tasks.includes(task)) return [];
    if (commercial && !model.licence?.commercial) return [];
    const precision = precisionFor(model, wish);
    return precision === undefined ? [] : [{ model, precision }];
  });
}

function precisionFor(model: ZooModel, { memoryBytes: limit = Number.POSITIVE_INFINITY }: Wish) {
  return (['f32', 'int8'] as const).find((precision) => memoryBytes(model, precision) <= limit);
}

/** The first that does: models come in the order in which to try them. */
export function recommend(choices: readonly Choice[]): Recommendation | undefined {
  const [best, ...others] = choices;
  if (best === undefined) return undefined;
  const mostAccurate = others.reduce(
    (most, choice) => (accuracyOf(choice) > accuracyOf(most) ? choice : most),
    best,
  );
  return { best, mostAccurate: mostAccurate === best ? undefined : mostAccurate };
}

const accuracyOf = ({ model: { imagenet } }: Choice): number => imagenet?.top1 ?? 0;
