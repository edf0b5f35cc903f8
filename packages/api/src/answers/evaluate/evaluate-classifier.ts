import { ApiError } from '../../errors/api-error.ts';
import { counted } from '../../errors/counted.ts';
import { grouped } from '../../errors/grouped.ts';
import type { Asked } from '../teach/classifier-question.ts';
import { type Evaluation, measure } from './evaluate.ts';
import type { LabelledImage } from './labelled-images.ts';

export interface ClassifierEvaluationRequest {
  /** Their classes are places among the classifier’s labels. */
  readonly images: readonly LabelledImage[];
  /** What figures are broken down by; the pictures have their values. */
  readonly columns: readonly string[];
  /** Hashes of the pictures that the classifier has learned from. */
  readonly learned: ReadonlySet<string>;
}

/**
 * Measures a classifier as it answers, on pictures that it has not learned from.
 *
 * @returns its figures in place of those of zero-shot.
 * @throws ApiError BAD_INPUT where no picture is left.
 */
export async function evaluateClassifier(
  { session, question }: Asked,
  { images, columns, learned }: ClassifierEvaluationRequest,
): Promise<Evaluation> {
  const { labels, probe, encodeLabels } = question;
  const others = images.filter(({ contentHash }) => !learned.has(contentHash));
  const known = images.length - others.length;
  if (others.length === 0 && known > 0) {
    throw new ApiError(
      'BAD_INPUT',
      `expected pictures that the classifier has not learned from, got ${grouped(known)} that it has`,
    );
  }
  const { embeddings, warnings } = await encodeLabels!(session);
  const measured = await measure(session, {
    classes: labels.map((label) => ({ value: label, texts: [label] })),
    images: others,
    columns,
    templates: [],
    candidates: [],
    candidatePlaces: [],
    prompts: embeddings.map((direction) => [[direction]]),
    probe,
    shots: [],
    warnings,
  });
  return known === 0
    ? measured
    : {
        ...measured,
        warnings: [
          ...measured.warnings,
          `the classifier has learned from ${counted(known, 'picture')} of these, which therefore do not count`,
        ],
      };
}
