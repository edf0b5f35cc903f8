import type { Classifier } from '../../classifiers/classifier.ts';
import { findIfThere } from '../../classifiers/find-if-there.ts';
import { nameTaken } from '../../classifiers/refusals.ts';
import type { Added } from '../../classifiers/store.ts';
import { ApiError } from '../../errors/api-error.ts';
import { quoted } from '../../errors/one-line.ts';
import type { GivenImage } from '../../images/given-image.ts';
import { spaceOf } from '../../jobs/lease-space.ts';
import { checkChangedPictures, checkClasses, checkPictures } from '../../limits/classifiers.ts';
import { checkImageCount } from '../../limits/images.ts';
import { checkName } from '../../limits/names.ts';
import type { ModelSession } from '../../loaders/loaders.ts';
import type { Context } from '../context.ts';
import {
  type EncodedPicture,
  encodePictures,
  type GivenPicture,
  type PictureFailure,
} from './class-pictures.ts';
import { countClassPrompts, type DescribedClass, encodeClasses } from './class-texts.ts';
import { train } from './train.ts';
import { unknownClass } from './unknown-class.ts';

/** Pictures of a class. */
export interface GivenPictures {
  readonly label: string;
  readonly images: readonly GivenImage[];
}

/** A class to teach. */
type GivenClass = GivenPictures & DescribedClass;

export interface NewTeaching {
  readonly name: string;
  readonly classes: readonly GivenClass[];
  readonly templates: readonly string[];
  /** Whether the pictures' files are kept. */
  readonly keepsImages: boolean;
  readonly replace: boolean;
}

/** A classifier after it was taught. */
export interface Taught {
  readonly classifier: Classifier;
  /** Pictures that taught nothing; the others did. */
  readonly failures: readonly PictureFailure[];
  /** Pictures that their class had already, or that were given twice. */
  readonly repeated: readonly GivenPicture[];
  /** One line for each text that was cut. */
  readonly warnings: readonly string[];
}

type Deps = Pick<Context, 'classifiers' | 'describe'>;

/**
 * Makes a classifier of texts and pictures, and trains it.
 *
 * @throws ApiError BAD_INPUT, TOO_MANY_LABELS, TOO_MANY_PROMPTS, TOO_MANY_IMAGES and TOO_MANY_EXAMPLES before
 *   any work is done; CLASSIFIER_EXISTS, TOO_MANY_CLASSIFIERS; what the loaders and the store throw.
 */
export async function createClassifier(
  deps: Deps,
  session: ModelSession,
  { name, classes, templates, keepsImages, replace }: NewTeaching,
): Promise<Taught> {
  const { model, loaders } = session;
  checkName(name);
  checkClasses(classes);
  const pictures = picturesOf(classes, classes);
  checkCounts(classes, pictures, loaders.limits);
  countClassPrompts(classes, templates, loaders.limits);
  if (!replace && (await findIfThere(deps.classifiers, name))) throw nameTaken(name);
  const [texts, { encoded, failures }] = await Promise.all([
    encodeClasses(session, classes, templates),
    encodePictures(session, pictures, keepsImages, deps.describe),
  ]);
  checkUsable(classes, encoded, failures);
  const { info } = model.clip;
  const added = await deps.classifiers.create(
    {
      ...{ name, templates, keepsImages, logitScale: info.logitScale, classes: texts.classes },
      space: await spaceOf(model, info.name),
    },
    encoded.map(({ example }) => example),
    replace,
  );
  const settled = settle(added, encoded, failures, texts.warnings);
  return { ...settled, classifier: await train(deps, added.classifier) };
}

/**
 * Adds pictures to classes that are there, and trains the classifier again.
 *
 * @param session of the classifier's model.
 * @throws ApiError BAD_INPUT for a class that is not there, TOO_MANY_IMAGES, TOO_MANY_EXAMPLES; what the
 *   loaders and the store throw.
 */
export async function addExamples(
  deps: Deps,
  session: ModelSession,
  classifier: Classifier,
  given: readonly GivenPictures[],
): Promise<Taught> {
  const pictures = picturesOf(classifier.classes, given);
  checkCounts(classifier.classes, pictures, session.loaders.limits);
  const { encoded, failures } = await encodePictures(
    session,
    pictures,
    classifier.keepsImages,
    deps.describe,
  );
  const examples = encoded.map(({ example }) => example);
  const added = await deps.classifiers.addExamples(classifier, examples);
  const settled = settle(added, encoded, failures, []);
  return { ...settled, classifier: await train(deps, added.classifier) };
}

/**
 * Removes those of the pictures that are there, and trains the classifier again.
 *
 * @throws ApiError BAD_INPUT where a class would have neither texts nor pictures; what the store throws.
 */
export async function removeExamples(
  deps: Pick<Deps, 'classifiers'>,
  classifier: Classifier,
  contentHashes: readonly string[],
): Promise<{ readonly classifier: Classifier; readonly removed: number }> {
  checkChangedPictures(contentHashes.length);
  const { removed, classifier: left } = await deps.classifiers.removeExamples(
    classifier,
    contentHashes,
  );
  return { classifier: await train(deps, left), removed };
}

/** @throws ApiError BAD_INPUT for a label that none of the classes has, or that is given twice. */
function picturesOf(
  classes: readonly { readonly label: string }[],
  given: readonly GivenPictures[],
): readonly GivenPicture[] {
  const places = new Map(classes.map(({ label }, place) => [label, place]));
  const twice = given.find(({ label }, i) => given.findIndex((one) => one.label === label) !== i);
  if (twice !== undefined) {
    const got = `two entries for ${quoted(twice.label)}`;
    throw new ApiError('BAD_INPUT', `expected all pictures of a class in one entry, got ${got}`);
  }
  return given.flatMap(({ label, images }) => {
    const place = places.get(label);
    if (place === undefined) throw unknownClass(classes, label);
    return images.map((image, index) => ({ class: place, label, index, image }));
  });
}

/** What is there already counts once it is known which pictures are new. */
function checkCounts(
  classes: readonly { readonly label: string }[],
  pictures: readonly GivenPicture[],
  limits: ModelSession['loaders']['limits'],
): void {
  checkImageCount(pictures.length, limits);
  const counts = classes.map(() => 0);
  for (const { class: place } of pictures) counts[place]! += 1;
  checkPictures(classes, counts);
}

/** The store would refuse it too, but knows nothing of the pictures that failed. */
function checkUsable(
  classes: readonly GivenClass[],
  encoded: readonly EncodedPicture[],
  failures: readonly PictureFailure[],
): void {
  const empty = classes.find(
    ({ texts, label }) =>
      texts?.length === 0 &&
      !encoded.some(({ given }) => given.label === label) &&
      failures.some((failure) => failure.label === label),
  );
  if (empty === undefined) return;
  const { index, code, message } = failures.find(({ label }) => label === empty.label)!;
  throw new ApiError(
    'BAD_INPUT',
    `expected texts or a picture that can be read in class ${quoted(empty.label)}, got none: picture ${index}: ${code}: ${message}`,
  );
}

function settle(
  { classifier, outcomes }: Added,
  encoded: readonly EncodedPicture[],
  failed: readonly PictureFailure[],
  warnings: readonly string[],
): Taught {
  const failures = [...failed];
  const repeated: GivenPicture[] = [];
  for (const [i, outcome] of outcomes.entries()) {
    const { given } = encoded[i]!;
    if (outcome.kind === 'CONTRADICTORY') {
      const other = quoted(classifier.classes[outcome.other]!.label);
      const message = `expected a picture in one class, got it in ${quoted(given.label)} and in ${other}`;
      const { label, index } = given;
      failures.push({ label, index, code: 'CONTRADICTORY_EXAMPLE', message });
    } else if (outcome.kind === 'KNOWN') {
      repeated.push(given);
    }
  }
  return { classifier, failures: inOrder(classifier, failures), repeated, warnings };
}

/** As the pictures were given. */
function inOrder({ classes }: Classifier, failures: readonly PictureFailure[]) {
  const places = new Map(classes.map(({ label }, place) => [label, place]));
  return failures.toSorted(
    (a, b) => places.get(a.label)! - places.get(b.label)! || a.index - b.index,
  );
}
