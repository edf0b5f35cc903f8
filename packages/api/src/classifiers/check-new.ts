import { checkEmbedding } from '../collections/halves.ts';
import { checkClasses, checkKeptBytes } from '../limits/classifiers.ts';
import { checkName } from '../limits/names.ts';
import type { NewClass, NewClassifier, NewExample } from './classifier.ts';

/** @throws ApiError BAD_INPUT for its name, its classes or an embedding; TOO_MANY_LABELS. */
export function checkNewClassifier({ name, classes, space }: NewClassifier): void {
  checkName(name);
  checkNewClasses(classes, space.dimensions);
}

/** @throws ApiError BAD_INPUT for a class or an embedding; TOO_MANY_LABELS. */
export function checkNewClasses(classes: readonly NewClass[], dimensions: number): void {
  checkClasses(classes);
  for (const { label, direction } of classes) {
    if (direction !== undefined) checkEmbedding(label, direction, dimensions);
  }
}

/** @throws ApiError BAD_INPUT for an embedding, TOO_MANY_IMAGE_BYTES. */
export function checkNewExamples(examples: readonly NewExample[], dimensions: number): void {
  for (const { source, embedding } of examples) checkEmbedding(source, embedding, dimensions);
  // Before so much is copied to another thread, or sent.
  checkKeptBytes(examples.reduce((sum, { image }) => sum + (image?.length ?? 0), 0));
}
