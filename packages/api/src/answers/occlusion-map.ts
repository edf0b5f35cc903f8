import { croppedRegion, type PictureRegion } from '@clipql/core';
import { ApiError } from '../errors/api-error.ts';
import { quoted } from '../errors/one-line.ts';
import type { ImageSource } from '../images/image-source.ts';
import type { ImageFacts } from '../inference/encoded.ts';
import type { ModelSession } from '../loaders/loaders.ts';
import type { LoadedModel } from '../models/loaded-model.ts';
import { checkQuestion, encodeLabels, type Question, scoreLabels } from './classify.ts';

/** Where in a picture a label was found. */
export interface OcclusionMap {
  readonly label: string;
  /** Of the whole picture, as classifying it gives. */
  readonly probability: number | undefined;
  /**
   * [parts] row by row from the top left: by how much the label’s log-odds fall when the part is hidden. What is
   * above 0 speaks for the label, what is below 0 for the others.
   */
  readonly evidence: readonly number[];
  /** What the grid covers: the part of the picture that the model sees. */
  readonly region: PictureRegion;
  readonly model: LoadedModel;
  readonly image: ImageFacts;
  /** Milliseconds from the start to the answer. */
  readonly total: number;
  readonly warnings: readonly string[];
}

/**
 * Hides each part of a picture in turn and looks what becomes of a label. How similar the embeddings of single
 * patches are to a text says nothing of that: CLIP is not trained for it, and they tend to be the wrong way round.
 *
 * @param label one of the question’s.
 * @throws ApiError BAD_INPUT for another label; as `classifyImage`, for as many images as it takes.
 */
export async function occlusionMap(
  session: ModelSession,
  image: ImageSource,
  label: string,
  question: Question,
): Promise<OcclusionMap> {
  const { model, loaders } = session;
  checkQuestion(question, loaders);
  const index = question.labels.indexOf(label);
  if (index === -1) {
    throw new ApiError('BAD_INPUT', `expected label as one of the labels, got ${quoted(label)}`);
  }
  const start = performance.now();
  const [{ facts, directions }, labels] = await Promise.all([
    loaders.occludedImage(image),
    encodeLabels(session, question),
  ]);
  const scores = directions.map((one) => scoreLabels(model, question, one, labels.embeddings));
  const isSigmoid =
    question.probe === undefined && (question.mode ?? model.clip.info.classifyMode) === 'sigmoid';
  const [whole, ...hidden] = scores.map((of) => {
    const logits = of.map(({ logit }) => logit / (question.probe?.temperature ?? 1));
    return isSigmoid ? logits[index]! : logOdds(logits, index);
  });
  return {
    label,
    probability: scores[0]![index]!.probability,
    evidence: hidden.map((odds) => whole! - odds),
    region: croppedRegion(facts, model.clip.preprocessing),
    model,
    image: facts,
    total: performance.now() - start,
    warnings: labels.warnings,
  };
}

/** ln(p / (1 − p)) of one of a softmax; of a label alone, its logit. */
function logOdds(logits: readonly number[], index: number): number {
  const others = logits.toSpliced(index, 1);
  if (others.length === 0) return logits[index]!;
  const most = Math.max(...others);
  return logits[index]! - most - Math.log(others.reduce((sum, l) => sum + Math.exp(l - most), 0));
}
