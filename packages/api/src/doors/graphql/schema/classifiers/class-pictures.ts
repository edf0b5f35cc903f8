import { grouped } from '../../../../errors/grouped.ts';
import { MAX_CLASS_PICTURES, MAX_CLASSIFIER_PICTURES } from '../../../../limits/classifiers.ts';
import { DEFAULT_LIMITS } from '../../../../limits/limits.ts';

/** How many there may be, for descriptions. */
export const PICTURES = `at most ${MAX_CLASS_PICTURES} a class and ${grouped(MAX_CLASSIFIER_PICTURES)} a classifier, ${DEFAULT_LIMITS.maxImages} an operation by default`;

export const countImages = (
  classes: readonly { readonly images?: readonly unknown[] | null | undefined }[],
): number => classes.reduce((sum, { images }) => sum + (images?.length ?? 0), 0);
