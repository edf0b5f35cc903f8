import { type Clip, classifyEmbeddings, loadClip, type ModelFiles } from '@clipql/core';
import type { ClipqlEngine } from '../kit/clipql-engines.ts';
import { compareMatrices, describeWorst } from '../kit/compare.ts';
import { recipePixels } from '../kit/models/recipe.ts';
import type { ForwardCase, Matrix } from '../kit/models/reference-case.ts';
import { gatesFor } from './embedding-gates.ts';
import type { Gate, ParityResult, Tower } from './row.ts';

/**
 * Runs a case on one engine through core's public functions: the embeddings of its images and
 * texts before L2 normalisation, each in one batch; then its logits, from embeddings that core
 * normalised, one input at a time. So both ways to batch are compared.
 *
 * @throws ClipError where core refuses the model or the ids.
 */
export async function compareForward(
  forwardCase: ForwardCase,
  model: ModelFiles,
  engine: ClipqlEngine,
): Promise<ParityResult[]> {
  const clip = await loadClip(model, engine);
  try {
    const { name, images, texts, logits, seed } = forwardCase;
    const size = clip.info.imageSize;
    const pixels = recipePixels(images?.embeddings.length ?? 0, size, seed);
    const inputs: Inputs = {
      images: pixels.map((data) => ({ size, data })),
      texts: (texts?.ids ?? []).map((ids) => ({ ids, truncated: false })),
    };
    const compare = comparison(name, clip);
    const gates = gatesFor(engine, forwardCase);
    const results: ParityResult[] = [];
    if (images !== undefined) {
      const actual = await clip.encodeImages(inputs.images, { normalize: false });
      results.push(compare('image', actual, images.embeddings, gates.embedding));
    }
    if (texts !== undefined) {
      const actual = await clip.encodeTexts(inputs.texts, { normalize: false });
      results.push(compare('text', actual, texts.embeddings, gates.embedding));
    }
    if (logits !== undefined) {
      results.push(compare('logits', await logitsPerImage(clip, inputs), logits, gates.logit));
    }
    return results;
  } finally {
    clip.dispose();
  }
}

interface Inputs {
  readonly images: Parameters<Clip['encodeImages']>[0];
  readonly texts: Parameters<Clip['encodeTexts']>[0];
}

/** exp(logit scale) · cosine + logit bias, [B, T], from images and texts that are encoded one at a time. */
async function logitsPerImage(clip: Clip, { images, texts }: Inputs): Promise<number[][]> {
  const imageEmbeddings = await oneByOne(images, (image) => clip.encodeImages(image));
  const textEmbeddings = await oneByOne(texts, (text) => clip.encodeTexts(text));
  const labels = texts.map((_, i) => `text ${i}`);
  const { logitScale, logitBias } = clip.info;
  return imageEmbeddings.map((image) =>
    classifyEmbeddings(image, labels, textEmbeddings, {
      mode: 'cosine',
      logitScale,
      logitBias,
    }).scores.map(({ logit }) => logit),
  );
}

async function oneByOne<T>(
  inputs: readonly T[],
  encode: (input: readonly [T]) => Promise<Float32Array[]>,
): Promise<Float32Array[]> {
  const embeddings: Float32Array[] = [];
  for (const input of inputs) embeddings.push(...(await encode([input])));
  return embeddings;
}

const comparison =
  (name: string, { info }: Clip) =>
  (
    tower: Tower,
    actual: readonly ArrayLike<number>[],
    expected: Matrix,
    gate: Gate,
  ): ParityResult => {
    const compared = compareMatrices(actual, expected);
    const { minCosine, relL2, maxAbsDiff } = compared;
    const { name: backend, precision } = info.backend;
    const passed = gate.passes(compared);
    return {
      row: { case: name, tower, backend, precision, minCosine, relL2, maxAbsDiff, passed },
      gate: gate.text,
      detail: describeWorst(compared),
    };
  };
