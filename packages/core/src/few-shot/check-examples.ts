import { ClipError } from '../errors.ts';
import { dot } from '../vectors.ts';

/** Pictures as their embeddings, and the class of each. */
export interface ProbeExamples {
  /** [N][E], of length 1. */
  readonly embeddings: readonly Float32Array[];
  /** [N]: positions among the classes. */
  readonly classes: readonly number[];
}

/** Float16 embeddings, and means of them that were stored, are this close to length 1. */
const LENGTH_TOLERANCE = 1e-2;

/** @throws ClipError BAD_INPUT for what a probe cannot be trained on. */
export function checkExamples(
  texts: readonly (Float32Array | undefined)[],
  { embeddings, classes }: ProbeExamples,
  logitScale: number,
): void {
  if (texts.length < 2) throw bad(`expected at least 2 classes, got ${texts.length}`);
  if (!(Number.isFinite(logitScale) && logitScale > 0)) {
    throw bad(`expected a logit scale above 0, got ${logitScale}`);
  }
  if (embeddings.length !== classes.length) {
    throw bad(`expected a class for each of ${embeddings.length} examples, got ${classes.length}`);
  }
  for (const [i, label] of classes.entries()) {
    if (Number.isInteger(label) && label >= 0 && label < texts.length) continue;
    throw bad(`example ${i}: expected a class below ${texts.length}, got ${label}`);
  }
  const width = (texts.find((text) => text !== undefined) ?? embeddings[0])?.length ?? 0;
  for (const [k, text] of texts.entries()) {
    if (text !== undefined) checkEmbedding(`text of class ${k}`, text, width);
    else if (!classes.includes(k)) {
      throw bad(`class ${k}: expected a text or at least one example, got neither`);
    }
  }
  for (const [i, embedding] of embeddings.entries())
    checkEmbedding(`example ${i}`, embedding, width);
}

function checkEmbedding(what: string, embedding: Float32Array, width: number): void {
  if (embedding.length !== width) {
    throw bad(`${what}: expected an embedding of ${width} values, got ${embedding.length}`);
  }
  const length = Math.sqrt(dot(embedding, embedding));
  if (Math.abs(length - 1) <= LENGTH_TOLERANCE) return;
  throw bad(`${what}: expected an embedding of length 1, got ${length}`);
}

const bad = (message: string) => new ClipError('BAD_INPUT', message);
