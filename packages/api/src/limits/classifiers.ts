import { ApiError } from '../errors/api-error.ts';
import { grouped } from '../errors/grouped.ts';
import { quoted } from '../errors/one-line.ts';
import { isText } from './is-text.ts';

/** Of one owner. */
export const MAX_CLASSIFIERS = 100;
export const MIN_CLASSES = 2;
export const MAX_CLASSES = 100;
/** Of one class. */
export const MAX_CLASS_TEXTS = 20;
export const MAX_CLASS_PICTURES = 50;
/** Of all classes together. */
export const MAX_CLASSIFIER_PICTURES = 1_000;
/** Pictures times classes, with which the time of training grows: 1,000 of 25 classes take some 10 s. */
const MAX_TRAINING = 25_000;
/** Pictures times classes of a classifier that is cross-validated, which trains it five times: 500 of 10 classes take some 10 s. */
const MAX_VALIDATED = 5_000;
export const MAX_CLASS_LABEL = 200;
export const MAX_CLASS_TEXT = 500;
const KEPT_MEBIBYTES = 256;
/** Of the image files that a classifier keeps. */
const MAX_KEPT_BYTES = KEPT_MEBIBYTES * 1024 * 1024;

interface CheckedClass {
  readonly label: string;
  /** Null for the label itself. */
  readonly texts: readonly string[] | null;
}

/** @throws ApiError BAD_INPUT, TOO_MANY_LABELS, for classes that cannot be told apart or used. */
export function checkClasses(classes: readonly CheckedClass[]): void {
  if (classes.length < MIN_CLASSES) {
    throw badInput(`expected at least ${MIN_CLASSES} classes, got ${classes.length || 'none'}`);
  }
  if (classes.length > MAX_CLASSES) {
    const message = `expected at most ${MAX_CLASSES} classes, got ${grouped(classes.length)}`;
    throw new ApiError('TOO_MANY_LABELS', message);
  }
  const labels = new Set<string>();
  for (const { label, texts } of classes) {
    if (label.trim() === '') throw badInput('expected a label for each class, got an empty one');
    checkLength('a class’s label', label, MAX_CLASS_LABEL);
    if (!isText(label)) {
      throw badInput(`expected a label in Unicode without NUL, got ${quoted(label)}`);
    }
    if (labels.has(label)) {
      throw badInput(`expected each class once, got two with the label ${quoted(label)}`);
    }
    labels.add(label);
    if ((texts?.length ?? 0) > MAX_CLASS_TEXTS) {
      const got = grouped(texts!.length);
      throw badInput(
        `expected at most ${MAX_CLASS_TEXTS} texts in class ${quoted(label)}, got ${got}`,
      );
    }
    for (const text of texts ?? []) {
      if (text.trim() === '') {
        throw badInput(`expected texts in class ${quoted(label)}, got an empty one`);
      }
      checkLength(`a text of class ${quoted(label)}`, text, MAX_CLASS_TEXT);
    }
  }
}

/**
 * @param counts pictures by class.
 * @throws ApiError TOO_MANY_EXAMPLES.
 */
export function checkPictures(
  classes: readonly { readonly label: string }[],
  counts: readonly number[],
): void {
  for (const [i, count] of counts.entries()) {
    if (count <= MAX_CLASS_PICTURES) continue;
    throw tooMany(`${MAX_CLASS_PICTURES} pictures in class ${quoted(classes[i]!.label)}`, count);
  }
  const all = counts.reduce((sum, count) => sum + count, 0);
  if (all > MAX_CLASSIFIER_PICTURES)
    throw tooMany(`${grouped(MAX_CLASSIFIER_PICTURES)} pictures in all classes`, all);
  const training = all * classes.length;
  if (training > MAX_TRAINING) {
    throw tooMany(`${grouped(MAX_TRAINING)} pictures times classes`, training);
  }
}

/** @throws ApiError TOO_MANY_EXAMPLES for a classifier that would take too long to cross-validate. */
export function checkValidated(pictures: number, classes: number): void {
  if (pictures * classes <= MAX_VALIDATED) return;
  throw tooMany(
    `${grouped(MAX_VALIDATED)} pictures times classes to cross-validate`,
    pictures * classes,
  );
}

/** @throws ApiError BAD_INPUT for more pictures to change than a classifier has. */
export function checkChangedPictures(count: number): void {
  if (count <= MAX_CLASSIFIER_PICTURES) return;
  throw badInput(
    `expected at most ${grouped(MAX_CLASSIFIER_PICTURES)} pictures, got ${grouped(count)}`,
  );
}

/** @throws ApiError TOO_MANY_IMAGE_BYTES for more than a classifier keeps. */
export function checkKeptBytes(bytes: number): void {
  if (bytes <= MAX_KEPT_BYTES) return;
  throw new ApiError(
    'TOO_MANY_IMAGE_BYTES',
    `expected at most ${KEPT_MEBIBYTES} MiB of image files kept in a classifier, got ${grouped(bytes)} bytes`,
  );
}

function checkLength(what: string, text: string, most: number): void {
  if (text.length <= most) return;
  throw badInput(
    `expected at most ${grouped(most)} characters in ${what}, got ${grouped(text.length)}`,
  );
}

const badInput = (message: string) => new ApiError('BAD_INPUT', message);

const tooMany = (most: string, got: number) =>
  new ApiError('TOO_MANY_EXAMPLES', `expected at most ${most}, got ${grouped(got)}`);
