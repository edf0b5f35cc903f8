import { type Clip, dot, type RgbImage } from '@clipql/core';
import { LABEL_TEMPLATES } from '../kit/label-templates.ts';
import { nounOf, PROMPTS } from './prompts.ts';

/** What a model says of a picture and the prompt that it was made for. */
export interface Verdict {
  /** With the prompt's noun. */
  readonly cosine: number;
  /** The place of the prompt among all, from 1, by cosine. */
  readonly rank: number;
}

/** A model that ranks all prompts for a picture. */
export class Judge {
  readonly #clip: Clip;
  readonly #nouns: readonly Float32Array[];

  private constructor(clip: Clip, nouns: readonly Float32Array[]) {
    this.#clip = clip;
    this.#nouns = nouns;
  }

  static async of(clip: Clip): Promise<Judge> {
    return new Judge(clip, await clip.encodeLabels(PROMPTS.map(nounOf), LABEL_TEMPLATES));
  }

  /** @param views of one picture; their cosines are averaged. */
  async verdict(views: readonly RgbImage[], prompt: string): Promise<Verdict> {
    const embeddings = await this.#clip.encodeImages(views);
    const cosines = this.#nouns.map(
      (noun) => embeddings.reduce((sum, view) => sum + dot(view, noun), 0) / embeddings.length,
    );
    const cosine = cosines[PROMPTS.indexOf(prompt)]!;
    return { cosine, rank: 1 + cosines.filter((other) => other > cosine).length };
  }
}
