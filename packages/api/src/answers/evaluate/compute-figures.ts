import type { LinearProbe } from '@clipql/core';
import { assess, type ScoredImages } from './assess.ts';
import { compareTemplates } from './compare-templates.ts';
import type { Figures } from './evaluation.ts';
import { calibratedLogits, fewShot } from './few-shot.ts';
import { breakDown } from './groups.ts';
import { type ClassPrompts, classEmbeddings, zeroShotLogits } from './zero-shot.ts';

/** What figures are made of: embeddings and places alone, so that it can go to another thread. */
export interface FiguresRequest {
  /** [N · E], each of length 1, in an order that is as good as random. In one piece: it is handed over without a copy. */
  readonly embeddings: Float32Array;
  /** [N], the place of each picture's class. */
  readonly truths: readonly number[];
  /** [K], each with its texts in all templates, those asked for first. */
  readonly prompts: readonly ClassPrompts[];
  /** How many templates were asked for. The others are candidates; there may be none. */
  readonly templates: number;
  /** The places of the candidates among the templates. */
  readonly candidates: readonly number[];
  readonly logitScale: number;
  /** Answers in place of the prompts, with its own temperature. */
  readonly probe?: LinearProbe | undefined;
  readonly folds: number;
  /** None for zero-shot alone. */
  readonly shots: readonly number[];
  /** What figures are broken down by. */
  readonly columns: readonly {
    readonly name: string;
    readonly values: readonly (string | undefined)[];
  }[];
}

/** The order is as good as random: these are a sample. More would not tell templates apart any better. */
const MOST_COMPARED = 2_000;

/** All figures. Takes seconds: to be called off the event loop. */
export function computeFigures(request: FiguresRequest): Figures {
  const { truths, prompts, logitScale, candidates, folds, shots, probe } = request;
  const width = request.embeddings.length / truths.length;
  const images = truths.map((_, i) => request.embeddings.subarray(i * width, (i + 1) * width));
  const own = Array.from({ length: request.templates }, (_, template) => template);
  const texts = classEmbeddings(prompts, own);
  const zeroShot: ScoredImages = {
    logits: probe
      ? images.map((image) => calibratedLogits(probe, image))
      : zeroShotLogits(images, texts, logitScale),
    truths,
  };
  const learned = fewShot({ images, truths, texts, logitScale, folds, shots });
  return {
    zeroShot: assess(zeroShot),
    fewShot: learned?.figures,
    templates:
      candidates.length === 0
        ? undefined
        : compareTemplates({
            images: images.slice(0, MOST_COMPARED),
            truths: truths.slice(0, MOST_COMPARED),
            prompts,
            logitScale,
            own,
            candidates,
          }),
    breakdowns: request.columns.map(({ name, values }) => ({
      column: name,
      groups: breakDown(values, zeroShot, learned?.scored),
    })),
  };
}
