import {
  BACKGROUND_WORDS,
  type BackendName,
  type Background,
  backgroundLevels,
  type Clip,
  collectionSpread,
  loadClip,
  mixTerms,
  scoreItem,
  TextScores,
} from '@clipql/core';
import { type LabelledImage, spread as sample } from '../accuracy/labelled-set.ts';
import { BenchError } from '../kit/errors.ts';
import { describeMachine } from '../kit/machine.ts';
import { benchModel } from '../kit/models/bench-model.ts';
import type {
  MixingBalance,
  RelevanceReport,
  RelevanceRow,
  Split,
} from '../kit/reports/relevance-report.ts';
import { meanBalance, mixingBalance } from './mixing.ts';
import { readSearchedSets, type SearchedSet } from './searched-set.ts';
import { bestThreshold, f1At, type JudgedScores } from './thresholds.ts';

export interface RelevanceRequest {
  /** As `benchModel` takes it. */
  readonly model: string;
  /** Folder of shards, or of class folders. */
  readonly data: string;
  readonly backend: BackendName;
  /** Images of each split of a set; all unless given. */
  readonly limit: number | undefined;
  /** Words that no class folder shows. */
  readonly absent: readonly string[];
}

const SPLITS: readonly Split[] = ['development', 'held out'];
const LEAST_EMPTY = 0.8;
/** Correlations of a mixed query with its two sides may differ by so much. */
const MOST_IMBALANCE = 0.25;
const IMAGES_A_BATCH = 8;
/** As search draws for the spread of a collection. */
const SPREAD_ITEMS = 256;

/** @throws BenchError for data that cannot be read, ClipError for an image that cannot be decoded. */
export async function runRelevance(
  request: RelevanceRequest,
  progress: (line: string) => void,
): Promise<RelevanceReport> {
  const machine = describeMachine();
  const { name, files } = await benchModel(request.model);
  const sets = await readSearchedSets(request.data, request.absent);
  const clip = await loadClip(files, { backend: request.backend });
  try {
    const { logitScale } = clip.info;
    const background = { prompts: await clip.encodeTexts(BACKGROUND_WORDS), logitScale };
    const measured: Measured[] = [];
    for (const split of SPLITS) {
      for (const set of sets) {
        const images = sample(set.splits[split] ?? [], request.limit);
        if (images.length === 0) continue;
        progress(`${set.name}, ${split}: ${images.length} images`);
        measured.push({ ...(await measure(clip, background, set, images)), split });
      }
    }
    const rows = SPLITS.flatMap((split) => rowsOf(measured.filter((one) => one.split === split)));
    // Held out, unless there is nothing but what the method was compared on.
    const { autoF1, bestF1, absentEmpty } = rows.at(-1)!;
    const mixing = {
      plain: meanBalance(measured.map((one) => one.mixing.plain)),
      centered: meanBalance(measured.map((one) => one.mixing.centered)),
    };
    const imbalance = Math.abs(mixing.centered.text - mixing.centered.image);
    const passed = autoF1 >= bestF1 && absentEmpty >= LEAST_EMPTY && imbalance <= MOST_IMBALANCE;
    return { machine, model: name, rows, mixing, passed };
  } finally {
    clip.dispose();
  }
}

interface Measured {
  readonly set: string;
  readonly split: Split;
  readonly images: number;
  readonly cosines: readonly JudgedScores[];
  /** F1 of AUTO, for each word. */
  readonly auto: readonly number[];
  /** Whether AUTO finds nothing, for each absent word. */
  readonly empty: readonly boolean[];
  readonly mixing: { readonly plain: MixingBalance; readonly centered: MixingBalance };
}

async function measure(
  clip: Clip,
  background: Background,
  set: SearchedSet,
  chosen: readonly LabelledImage[],
): Promise<Omit<Measured, 'split'>> {
  const images: Float32Array[] = [];
  for (let start = 0; start < chosen.length; start += IMAGES_A_BATCH) {
    const batch = chosen.slice(start, start + IMAGES_A_BATCH);
    images.push(...(await clip.encodeImages(await Promise.all(batch.map((one) => one.read())))));
  }
  const levels = backgroundLevels(background, images);
  const spread = collectionSpread(sample(images, SPREAD_ITEMS), background);
  const scoresOf = (text: Float32Array) => {
    const cosines = Float32Array.from(images, (image) =>
      image.reduce((sum, value, i) => sum + value * text[i]!, 0),
    );
    const query = mixTerms([{ weight: 1, kind: 'text', embedding: text }], spread);
    const logOdds = Float32Array.from(images, (image, i) => scoreItem(query, image, levels[i]!));
    return { cosines, logOdds };
  };
  const cutOf = (logOdds: Float32Array) => {
    const scores = new TextScores();
    for (const score of logOdds) scores.add(score);
    return scores.relevance().cut;
  };
  const words = set.words.filter(({ shows }) => chosen.some(({ label }) => shows(label)));
  if (words.length === 0)
    throw new BenchError('CASE_INVALID', `${set.name}: expected images with labels`);
  const texts = await clip.encodeTexts(words.map(({ text }) => text));
  const cosines: JudgedScores[] = [];
  const auto: number[] = [];
  for (const [w, text] of texts.entries()) {
    const shown = chosen.map(({ label }) => words[w]!.shows(label));
    const judged = (scores: Float32Array): JudgedScores => ({
      scores: scores.filter((_, i) => shown[i] !== undefined),
      shown: shown.filter((one) => one !== undefined),
    });
    const scores = scoresOf(text);
    cosines.push(judged(scores.cosines));
    auto.push(f1At(judged(scores.logOdds), cutOf(scores.logOdds)));
  }
  const absent = set.absent.length === 0 ? [] : await clip.encodeTexts(set.absent);
  const empty = absent.map((text) => cutOf(scoresOf(text).logOdds) === Number.POSITIVE_INFINITY);
  const mixing = mixingBalance({ texts, images, levels, spread });
  return { set: set.name, images: images.length, cosines, auto, empty, mixing };
}

function rowsOf(sets: readonly Measured[]): readonly RelevanceRow[] {
  const rows = sets.map(rowOf);
  return sets.length > 1 ? [...rows, rowOf(together(sets))] : rows;
}

/** All words of all sets of a split, each searched in its own set. */
const together = (sets: readonly Measured[]): Omit<Measured, 'mixing'> => ({
  set: 'together',
  split: sets[0]!.split,
  images: sets.reduce((sum, { images }) => sum + images, 0),
  cosines: sets.flatMap(({ cosines }) => cosines),
  auto: sets.flatMap(({ auto }) => auto),
  empty: sets.flatMap(({ empty }) => empty),
});

function rowOf(measured: Omit<Measured, 'mixing'>): RelevanceRow {
  const { set, split, images, cosines, auto, empty } = measured;
  const { f1, threshold } = bestThreshold(cosines);
  return {
    set,
    split,
    images,
    words: auto.length,
    autoF1: auto.reduce((sum, value) => sum + value, 0) / auto.length,
    bestF1: f1,
    bestThreshold: threshold,
    absentWords: empty.length,
    absentEmpty: empty.filter(Boolean).length / (empty.length || 1),
  };
}
