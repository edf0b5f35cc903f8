/** What every store of classifiers says when it refuses something. */
import { ApiError } from '../errors/api-error.ts';
import { quoted } from '../errors/one-line.ts';
import { MAX_CLASSIFIERS } from '../limits/classifiers.ts';

export const nameTaken = (name: string): ApiError =>
  new ApiError(
    'CLASSIFIER_EXISTS',
    `expected a name that no other classifier has, got ${name}; replace: true replaces it`,
  );

export const tooManyClassifiers = (name: string): ApiError =>
  new ApiError(
    'TOO_MANY_CLASSIFIERS',
    `expected at most ${MAX_CLASSIFIERS} classifiers, got another: ${name}`,
  );

/** @param names those that there are, where the owner asks by name. */
export function unknownClassifier(name: string, names: readonly string[]): ApiError {
  const known = names.length === 0 ? 'there is none' : `known: ${names.join(', ')}`;
  return new ApiError('UNKNOWN_CLASSIFIER', `expected a classifier’s name (${known}), got ${name}`);
}

interface StoredClass {
  readonly label: string;
  readonly examples: number;
}

/**
 * @param hasText of each class.
 * @throws ApiError BAD_INPUT for a class that nothing is known of.
 */
export function checkUsable(classes: readonly StoredClass[], hasText: readonly boolean[]): void {
  const empty = classes.find(({ examples }, i) => examples === 0 && !hasText[i]);
  if (empty === undefined) return;
  throw new ApiError(
    'BAD_INPUT',
    `expected texts or at least 1 picture in class ${quoted(empty.label)}, got neither`,
  );
}
