import type { PixelTensor } from '../image/preprocess.ts';
import { dot, normalized } from '../vectors.ts';
import { Draws } from './draws.ts';
import type { PictureSettings } from './picture-settings.ts';
import type { Slices } from './slices.ts';
import type { Drawer } from './targets.ts';
import { cameraFor, drawView, takeView } from './views.ts';

/** Views that a picture is judged by, of the kinds that the last steps see. */
const VIEWS = 8;

/**
 * How close a picture is to its prompts by views that no step has seen.
 *
 * @param picture [3, C, C], 0 to 1.
 * @returns the mean cosine of the views with each prompt of a positive weight, averaged by the weights.
 */
export async function judge(
  { model, targets }: Drawer,
  { prompts, seed, size }: PictureSettings,
  {
    picture,
    step,
    slices,
  }: { readonly picture: Float32Array; readonly step: number; readonly slices: Slices },
): Promise<number> {
  const { preprocessing } = model;
  const views: PixelTensor[] = [];
  for (let view = 0; view < VIEWS; view++) {
    const geometry = new Draws({ seed, step, view, purpose: 'judged geometry' });
    const drawn = drawView(geometry, { canvas: size, index: view, progress: 1 });
    const camera = cameraFor(size, drawn, preprocessing);
    const noise = { seed, step, view, purpose: 'judged noise' } as const;
    views.push(takeView(camera, picture, noise));
    await slices.next();
  }
  const seen = await model.encodeImages(views);
  let [sum, weights] = [0, 0];
  for (const [i, { weight }] of prompts.entries()) {
    if (weight <= 0) continue;
    const direction = normalized(targets[i]!.embedding);
    const cosines = seen.reduce((all, one) => all + dot(one, direction), 0);
    sum += (weight * cosines) / VIEWS;
    weights += weight;
  }
  return sum / weights;
}
