import type { Clip } from '@clipql/core';
import { LABEL_TEMPLATES } from '../kit/label-templates.ts';
import type { Accuracy } from '../kit/reports/accuracy-report.ts';
import { type LabelledSet, mergeEqualNames, spread } from './labelled-set.ts';

const IMAGES_A_BATCH = 8;
const TOP = 5;

/**
 * Zero-shot accuracy of several models on the same images, decoded and preprocessed once.
 *
 * An image's answers are the labels by their cosine with it.
 *
 * @param clips one model in several precisions.
 * @see Radford et al. 2021, section 3.1
 */
export async function zeroShotAccuracy(
  clips: readonly Clip[],
  { names, images }: LabelledSet,
  limit: number | undefined,
): Promise<readonly Accuracy[]> {
  const { distinct, positions } = mergeEqualNames(names);
  const labels: (readonly Float32Array[])[] = [];
  for (const clip of clips) labels.push(await clip.encodeLabels(distinct, LABEL_TEMPLATES));
  const hits = clips.map(() => ({ top1: 0, top5: 0 }));
  const chosen = spread(images, limit);
  for (let start = 0; start < chosen.length; start += IMAGES_A_BATCH) {
    const batch = chosen.slice(start, start + IMAGES_A_BATCH);
    const pixels = [];
    for (const image of batch) pixels.push(await clips[0]!.preprocess(await image.read()));
    for (const [c, clip] of clips.entries()) {
      const embeddings = await clip.encodeImages(pixels);
      embeddings.forEach((embedding, i) => {
        const rank = rankOf(positions[batch[i]!.label]!, embedding, labels[c]!);
        if (rank < 1) hits[c]!.top1++;
        if (rank < TOP) hits[c]!.top5++;
      });
    }
  }
  return hits.map(({ top1, top5 }) => ({
    top1: top1 / chosen.length,
    top5: top5 / chosen.length,
  }));
}

/** How many labels are nearer to the image than the right one. */
function rankOf(right: number, image: Float32Array, labels: readonly Float32Array[]): number {
  const cosine = (label: Float32Array) => label.reduce((sum, x, i) => sum + x * image[i]!, 0);
  const target = cosine(labels[right]!);
  return labels.filter((label, i) => i !== right && cosine(label) >= target).length;
}
