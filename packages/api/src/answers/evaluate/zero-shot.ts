import { dot, meanDirection } from '@clipql/core';

/** [texts][templates][E]: what one class's texts are as prompts, each of length 1. */
export type ClassPrompts = readonly (readonly Float32Array[])[];

/** [K][E]: the embedding of each class by some of the templates, as `classify` makes it. */
export const classEmbeddings = (
  prompts: readonly ClassPrompts[],
  templates: readonly number[],
): readonly Float32Array[] =>
  prompts.map((texts) =>
    meanDirection(texts.flatMap((text) => templates.map((template) => text[template]!))),
  );

/** [N][K]: the logits of pictures, logit scale · cosine. */
export const zeroShotLogits = (
  images: readonly Float32Array[],
  classes: readonly Float32Array[],
  logitScale: number,
): readonly Float64Array[] =>
  images.map((image) => Float64Array.from(classes, (text) => logitScale * dot(image, text)));
