import type { Classifier } from '../../classifiers/classifier.ts';
import { ApiError } from '../../errors/api-error.ts';
import { quoted } from '../../errors/one-line.ts';
import { checkChangedPictures, checkClasses } from '../../limits/classifiers.ts';
import type { ModelSession } from '../../loaders/loaders.ts';
import type { Context } from '../context.ts';
import { countClassPrompts, type DescribedClass, encodeClasses } from './class-texts.ts';
import { train } from './train.ts';
import { unknownClass } from './unknown-class.ts';

/** A class as it is to be. */
export interface WantedClass extends DescribedClass {
  /** The label of the class whose pictures it takes over; undefined for a new one. */
  readonly from: string | undefined;
}

type Deps = Pick<Context, 'classifiers'>;

/**
 * Gives a classifier other classes, and trains it. A class that none is made from goes with its pictures.
 *
 * @param session of the classifier's model.
 * @throws ApiError BAD_INPUT for classes that cannot be told apart, and for two that are made from one; TOO_MANY_LABELS,
 *   TOO_MANY_PROMPTS; what the loaders and the store throw.
 */
export async function setClasses(
  deps: Deps,
  session: ModelSession,
  classifier: Classifier,
  wanted: readonly WantedClass[],
): Promise<{ readonly classifier: Classifier; readonly warnings: readonly string[] }> {
  checkClasses(wanted);
  countClassPrompts(wanted, classifier.templates, session.loaders.limits);
  const places = wanted.map(({ from }) =>
    from === undefined ? undefined : placeOf(classifier, from),
  );
  const twice = places.find((place, i) => place !== undefined && places.indexOf(place) !== i);
  if (twice !== undefined) {
    const { label } = classifier.classes[twice]!;
    const got = `two from ${quoted(label)}`;
    throw new ApiError('BAD_INPUT', `expected one class from each that is there, got ${got}`);
  }
  const { classes, warnings } = await encodeClasses(session, wanted, classifier.templates);
  const changed = await deps.classifiers.setClasses(
    classifier,
    classes.map(({ label, texts, direction, isCut }, i) => ({
      ...{ label, texts, direction, isCut },
      from: places[i],
    })),
  );
  return { classifier: await train(deps, changed), warnings };
}

/**
 * Moves those of the pictures that are there to another class, and trains the classifier again.
 *
 * @throws ApiError BAD_INPUT for a label that none of the classes has, and where a class would have neither texts nor
 *   pictures; TOO_MANY_EXAMPLES; what the store throws.
 */
export async function moveExamples(
  deps: Deps,
  classifier: Classifier,
  contentHashes: readonly string[],
  label: string,
): Promise<{ readonly classifier: Classifier; readonly moved: number }> {
  checkChangedPictures(contentHashes.length);
  const { moved, classifier: now } = await deps.classifiers.moveExamples(
    classifier,
    contentHashes,
    placeOf(classifier, label),
  );
  return { classifier: await train(deps, now), moved };
}

function placeOf({ classes }: Classifier, label: string): number {
  const place = classes.findIndex((one) => one.label === label);
  if (place < 0) throw unknownClass(classes, label);
  return place;
}
