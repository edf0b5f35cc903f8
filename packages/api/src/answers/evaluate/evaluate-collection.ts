import type { Collection } from '../../collections/collection.ts';
import type { Item } from '../../collections/item.ts';
import type { CollectionStore } from '../../collections/store.ts';
import { grouped } from '../../errors/grouped.ts';
import {
  checkBreakdowns,
  checkClassValues,
  checkFolds,
  checkGroups,
  checkShots,
  MAX_TAUGHT_CLASSES,
} from '../../limits/evaluation.ts';
import type { ModelSession } from '../../loaders/loaders.ts';
import { inTurn } from '../in-turn.ts';
import { type CollectionChoice, type LabelledItem, labelledItems } from './collection-images.ts';
import { compareValues } from './column-value.ts';
import { classOf, type EvaluatedClass } from './encode-classes.ts';
import { type Evaluation, type EvaluationRequest, evaluate } from './evaluate.ts';

export interface CollectionEvaluationRequest
  extends CollectionChoice,
    Omit<EvaluationRequest, 'classes' | 'images' | 'columns'> {
  /** All values of the column unless given; items of other classes do not count then. */
  readonly classes: readonly EvaluatedClass[] | undefined;
}

export interface CollectionEvaluation extends Evaluation {
  /** The items of the pictures, in their order. */
  readonly items: readonly Item[];
  /** Items without a value in the column, or of a class that was not asked for. */
  readonly unlabelled: number;
}

/**
 * Measures the model that made a collection's vectors by what the items' metadata says of them. No image is read.
 *
 * @throws ApiError as {@link evaluate}, {@link labelledItems} and {@link inTurn} do; BAD_INPUT for more than may be
 *   asked for.
 */
export async function evaluateCollection(
  store: CollectionStore,
  session: ModelSession,
  collection: Collection,
  request: CollectionEvaluationRequest,
): Promise<CollectionEvaluation> {
  const { by, shots, folds } = request;
  checkShots(shots);
  checkBreakdowns(by.length);
  if (folds !== undefined) checkFolds(folds);
  return inTurn(session.loaders.signal, () => measure(store, session, collection, request));
}

async function measure(
  store: CollectionStore,
  session: ModelSession,
  collection: Collection,
  request: CollectionEvaluationRequest,
): Promise<CollectionEvaluation> {
  const { by, shots } = request;
  const found = await labelledItems(store, collection, request);
  for (const [i, column] of by.entries()) {
    checkGroups(new Set(found.items.map(({ groups }) => groups[i])), column);
  }
  const classes = request.classes ?? classesIn(found.items);
  checkClassValues(classes.map(({ value }) => value));
  const places = new Map(classes.map(({ value }, place) => [value, place]));
  const items = found.items.filter(({ value }) => places.has(value));
  const unlabelled = found.unlabelled + found.items.length - items.length;
  const isTaught = classes.length <= MAX_TAUGHT_CLASSES;
  const evaluation = await evaluate(session, {
    ...request,
    classes,
    columns: by,
    shots: isTaught ? shots : [],
    images: items.map(({ item: { key, contentHash }, embedding, value, groups }) => ({
      name: key,
      // A vector that was made elsewhere has no file that is known.
      contentHash: contentHash ?? `item ${key}`,
      embedding,
      truth: places.get(value)!,
      groups,
    })),
  });
  const itemOf = new Map(items.map(({ item }) => [item.key, item]));
  return {
    ...evaluation,
    items: evaluation.images.map(({ name }) => itemOf.get(name)!),
    unlabelled,
    warnings: [
      ...evaluation.warnings,
      ...(isTaught || shots.length === 0
        ? []
        : [
            `few-shot is left out: expected at most ${MAX_TAUGHT_CLASSES} classes, got ${grouped(classes.length)}`,
          ]),
    ],
  };
}

const classesIn = (items: readonly LabelledItem[]): readonly EvaluatedClass[] =>
  [...new Set(items.map(({ value }) => value))].sort(compareValues).map(classOf);
