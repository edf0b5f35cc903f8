import { ClipError } from '../errors.ts';
import type { PixelTensor } from '../image/preprocess.ts';
import type { RgbImage } from '../image/rgb-image.ts';
import { type Ascent, ascend, beginAscent } from './ascent.ts';
import { Canvas } from './canvas.ts';
import { type DrawAddress, type DrawPurpose, Draws } from './draws.ts';
import { judge } from './judge.ts';
import {
  differenceOf,
  type PictureState,
  readPictureState,
  writePictureState,
} from './picture-file.ts';
import type { PictureModel } from './picture-model.ts';
import { PICTURE_STEPS, type PictureSettings } from './picture-settings.ts';
import { RECIPE, RECIPE_NUMBER } from './recipe.ts';
import { Slices } from './slices.ts';
import type { Drawer } from './targets.ts';
import { addViewAdjoint, type Camera, cameraFor, drawView, takeView } from './views.ts';

/** Views that the model sees at once. */
const BATCH = 8;

/** What {@link GuidedPicture} is made of. */
export interface PictureParts {
  readonly settings: PictureSettings;
  readonly drawers: readonly Drawer[];
  /** A checksum of all targets. */
  readonly targets: number;
  /** The start picture, [size, size, 3]. */
  readonly start: Uint8Array | undefined;
}

/** What a step saw. */
export interface PictureStep {
  /** Steps taken, this one included. */
  readonly step: number;
  /** The mean cosine of the views with each prompt, in their order, before the step. */
  readonly cosines: readonly number[];
  /** −Σ weight · cosine over prompts and general words: what the steps make less. */
  readonly loss: number;
}

/**
 * A picture that is drawn step by step, made by {@link createPicture}. Its JavaScript work is done in slices of 20 ms, and a
 * step's views in batches of 8, between which others can use the model.
 *
 * @example
 * ```ts
 * import { createPicture, loadClip } from '@clipql/core';
 * import { modelFromFolder } from '@clipql/core/node';
 *
 * const clip = await loadClip(await modelFromFolder('models/nano'));
 * const picture = await createPicture(clip, { prompts: 'a sheep', quality: 'DRAFT', size: 64 });
 * const first = await picture.step();
 * while (picture.stepsDone < 5) await picture.step();
 * const last = await picture.step();
 * console.log(last.step, last.loss < first.loss); // 6 true
 * ```
 */
export class GuidedPicture {
  readonly settings: PictureSettings;
  /** Steps in all. */
  readonly steps: number;
  /** The recipe that draws it. A version of ClipQL with another recipe draws another picture. */
  readonly recipe = RECIPE_NUMBER;
  readonly #parts: PictureParts;
  readonly #canvas: Canvas;
  #ascent: Ascent;
  #stepping = false;

  /** @internal */
  constructor(parts: PictureParts) {
    this.settings = parts.settings;
    this.steps = PICTURE_STEPS[parts.settings.quality];
    this.#parts = parts;
    this.#canvas = new Canvas(parts.settings.size, parts.start);
    this.#ascent = beginAscent(this.#canvas.pyramid);
  }

  get stepsDone(): number {
    return this.#ascent.step;
  }

  get isDone(): boolean {
    return this.stepsDone >= this.steps;
  }

  /**
   * Takes a step: the model sees 16 views of the picture, and the picture changes so that they come closer to the
   * prompts. Several models take turns.
   *
   * A step that fails or is aborted changes nothing, and can be taken again.
   *
   * @param options.signal is looked at before each batch of views.
   * @throws ClipError BAD_INPUT when the picture is done, and while another step runs; as `Clip.imageGradient`. The
   *   signal's reason.
   * @example
   * ```ts
   * import { createPicture, loadClip } from '@clipql/core';
   * import { modelFromFolder } from '@clipql/core/node';
   *
   * const clip = await loadClip(await modelFromFolder('models/nano'));
   * const picture = await createPicture(clip, { prompts: ['a boat', { text: 'a sheep', weight: -0.5 }], size: 64 });
   * const { step, cosines } = await picture.step();
   * console.log(step, cosines.length); // 1 2
   * ```
   */
  async step({ signal }: { signal?: AbortSignal } = {}): Promise<PictureStep> {
    if (this.isDone || this.#stepping) {
      const got = this.isDone ? `one with all ${this.steps}` : 'one whose step is under way';
      throw new ClipError('BAD_INPUT', `expected a picture with a step to take, got ${got}`);
    }
    this.#stepping = true;
    try {
      return await this.#step(signal);
    } finally {
      this.#stepping = false;
    }
  }

  /**
   * The picture as it is now.
   *
   * @returns [size, size, 3], 8 bits.
   * @example
   * ```ts
   * import { createPicture, loadClip } from '@clipql/core';
   * import { modelFromFolder } from '@clipql/core/node';
   *
   * const clip = await loadClip(await modelFromFolder('models/nano'));
   * const picture = await createPicture(clip, { prompts: 'a sheep', size: 64 });
   * const { width, height, data } = await picture.image();
   * console.log(width, height, data[0]); // 64 64 128
   * ```
   */
  async image(): Promise<RgbImage> {
    return this.#canvas.toRgb(await this.#canvas.paint(this.#ascent.mean, new Slices()));
  }

  /**
   * How well the picture, as it is now, is what it should be: the cosines of 8 views that no step has seen with each
   * prompt of a positive weight, averaged by the weights, and over the models. The picture does not change, and neither
   * does what becomes of it.
   *
   * @returns −1 to 1. What is a high score differs from model to model.
   * @throws ClipError as `Clip.encodeImages`.
   * @example
   * ```ts
   * import { createPicture, loadClip } from '@clipql/core';
   * import { modelFromFolder } from '@clipql/core/node';
   *
   * const clip = await loadClip(await modelFromFolder('models/nano'));
   * const picture = await createPicture(clip, { prompts: 'a sheep', size: 64 });
   * const before = await picture.score();
   * while (picture.stepsDone < 5) await picture.step();
   * console.log((await picture.score()) > before); // true
   * ```
   */
  async score(): Promise<number> {
    const { stepsDone: step } = this;
    const { drawers, settings } = this.#parts;
    const slices = new Slices();
    const picture = await this.#canvas.paint(this.#ascent.mean, slices);
    let sum = 0;
    for (const drawer of drawers) sum += await judge(drawer, settings, { picture, step, slices });
    return sum / drawers.length;
  }

  /**
   * All that {@link restorePicture} needs to go on after the last step, to the bytes that the picture would have
   * become undisturbed. At any time 24 to 36 bytes for each value of the picture, [size, size, 3], and 1 more with a
   * start picture.
   *
   * @example
   * ```ts
   * import { createPicture, loadClip, restorePicture } from '@clipql/core';
   * import { modelFromFolder } from '@clipql/core/node';
   *
   * const clip = await loadClip(await modelFromFolder('models/nano'));
   * const picture = await createPicture(clip, { prompts: 'a sheep', size: 64 });
   * await picture.step();
   * const restored = await restorePicture(clip, picture.state());
   * console.log(restored.stepsDone, restored.settings.prompts[0].text); // 1 a sheep
   * ```
   */
  state(): Uint8Array {
    return writePictureState(this.#stored());
  }

  /**
   * Goes on where another picture's state was taken: one with the same settings, start picture and models.
   *
   * @param state as {@link GuidedPicture.state} gave it.
   * @throws ClipError BAD_INPUT for the state of a picture that differs, which says in what, and for other bytes.
   * @example
   * ```ts
   * import { createPicture, loadClip } from '@clipql/core';
   * import { modelFromFolder } from '@clipql/core/node';
   *
   * const clip = await loadClip(await modelFromFolder('models/nano'));
   * const begun = await createPicture(clip, { prompts: 'a sheep', size: 64 });
   * await begun.step();
   * const picture = await createPicture(clip, { prompts: 'a sheep', size: 64 });
   * picture.resume(begun.state());
   * console.log(picture.stepsDone); // 1
   * ```
   */
  resume(state: Uint8Array): void {
    const read = readPictureState(state);
    const difference = differenceOf(read, this.#stored());
    if (difference !== undefined) {
      throw new ClipError('BAD_INPUT', `expected the state of this picture, got ${difference}`);
    }
    this.#ascent = read.ascent;
  }

  #stored(): PictureState {
    const { settings, drawers, targets, start } = this.#parts;
    const models = drawers.map(({ model }) => model.info.name);
    return { settings, models, targets, start, ascent: this.#ascent };
  }

  async #step(signal: AbortSignal | undefined): Promise<PictureStep> {
    const slices = new Slices();
    const { drawers, settings } = this.#parts;
    const drawer = drawers[this.stepsDone % drawers.length]!;
    const picture = await this.#canvas.paint(this.#ascent.values, slices);
    const byPicture = new Float32Array(picture.length);
    const dropped = this.#droppedBranches(drawer.model);
    const cosines = new Float64Array(drawer.targets.length);
    for (let first = 0; first < RECIPE.views; first += BATCH) {
      signal?.throwIfAborted();
      const cameras = Array.from({ length: BATCH }, (_, i) =>
        this.#camera(drawer.model, first + i),
      );
      const views: PixelTensor[] = [];
      for (const [i, camera] of cameras.entries()) {
        views.push(takeView(camera, picture, this.#address(first + i, 'noise')));
        await slices.next();
      }
      const seen = await drawer.model.imageGradient(views, drawer.targets, { dropped });
      for (const [i, { gradient, cosines: each }] of seen.entries()) {
        addViewAdjoint(cameras[i]!, gradient, byPicture);
        for (const [t, cosine] of each.entries()) cosines[t]! += cosine / RECIPE.views;
        await slices.next();
      }
    }
    const byValues = await this.#canvas.gradient(picture, byPicture, slices);
    this.#ascent = await ascend(this.#ascent, byValues, {
      pyramid: this.#canvas.pyramid,
      steps: this.steps,
      keep: settings.keep ?? 0,
      slices,
    });
    const loss = -drawer.targets.reduce((sum, { weight = 1 }, i) => sum + weight * cosines[i]!, 0);
    return { step: this.stepsDone, cosines: [...cosines.slice(0, settings.prompts.length)], loss };
  }

  #droppedBranches({ info }: PictureModel): readonly number[] {
    const draws = new Draws(this.#address(0, 'branches'));
    const rate = RECIPE.dropRates[info.imageArchitecture];
    return Array.from({ length: info.residualBranches }, (_, branch) => branch).filter(
      () => draws.between(0, 1) < rate,
    );
  }

  #camera({ preprocessing }: PictureModel, view: number): Camera {
    const { size } = this.settings;
    const draws = new Draws(this.#address(view, 'geometry'));
    const progress = this.stepsDone / this.steps;
    return cameraFor(size, drawView(draws, { canvas: size, index: view, progress }), preprocessing);
  }

  #address(view: number, purpose: DrawPurpose): DrawAddress {
    return { seed: this.settings.seed, step: this.stepsDone, view, purpose };
  }
}
