import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type BackendName, type Clip, loadClip, type Precision } from '@clipql/core';
import type { JsonObject } from '../kit/input-file.ts';
import { readJsonObject } from '../kit/input-file.ts';
import { describeMachine } from '../kit/machine.ts';
import { benchModel } from '../kit/models/bench-model.ts';
import type { Accuracy, AccuracyReport, AccuracyRow } from '../kit/reports/accuracy-report.ts';
import { readClassFolders } from './class-folders.ts';
import { spread } from './labelled-set.ts';
import { zeroShotAccuracy } from './top-hits.ts';
import { hasShards, readTrainingSets } from './training-sets.ts';

export interface AccuracyRequest {
  /** As `benchModel` takes it. */
  readonly model: string;
  /** Folder of class folders, or of shards. */
  readonly data: string;
  readonly backend: BackendName;
  readonly precisions: readonly Precision[];
  /** Images of each set; all unless given. */
  readonly limit: number | undefined;
}

/** Another decoder rounds pixels otherwise, which moves a few of 10,000 images. */
const PUBLISHED_TOLERANCE = 0.002;
/** What a precision may cost, in points. */
const MOST_LOST_POINTS = 0.5;
/**
 * A set of fewer images is printed, and gated only together with the others: a precision changes the
 * answer for about 4 images of 100, to and fro, and of 868 half a point is a difference of four.
 */
const LEAST_GATED_IMAGES = 2000;

/** @throws BenchError for data that cannot be read, ClipError for an image that cannot be decoded. */
export async function runAccuracy(
  request: AccuracyRequest,
  progress: (line: string) => void,
): Promise<AccuracyReport> {
  const machine = describeMachine();
  const { name, files, folder } = await benchModel(request.model);
  const sets = hasShards(request.data)
    ? await readTrainingSets(request.data)
    : [await readClassFolders(request.data)];
  const published = await publishedFigures(folder);
  const clips: Clip[] = [];
  try {
    for (const precision of request.precisions) {
      clips.push(await loadClip(files, { backend: request.backend, precision }));
    }
    const measured: SetAccuracy[] = [];
    for (const set of sets) {
      const images = spread(set.images, request.limit).length;
      progress(`${set.name}: ${images} images`);
      const accuracies = await zeroShotAccuracy(clips, set, request.limit);
      const figure = images === set.images.length ? published[`${set.name}_top1`] : undefined;
      const publishedTop1 = typeof figure === 'number' ? figure : null;
      const labels = new Set(set.names).size;
      measured.push({ set: set.name, labels, images, accuracies, publishedTop1 });
    }
    if (measured.length > 1) measured.push(together(measured));
    const rows = measured.flatMap((set) => rowsOf(set, request));
    return { machine, model: name, rows, passed: rows.every(({ passed }) => passed) };
  } finally {
    for (const clip of clips) clip.dispose();
  }
}

interface SetAccuracy {
  readonly set: string;
  readonly labels: number;
  readonly images: number;
  /** By precision. */
  readonly accuracies: readonly Accuracy[];
  readonly publishedTop1: number | null;
}

/** All images of all sets, each with its own set's labels. */
function together(sets: readonly SetAccuracy[]): SetAccuracy {
  const images = sum(sets.map((set) => set.images));
  const mean = (share: (accuracy: Accuracy) => number, i: number) =>
    sum(sets.map((set) => set.images * share(set.accuracies[i]!))) / images;
  return {
    set: 'together',
    labels: sum(sets.map(({ labels }) => labels)),
    images,
    accuracies: sets[0]!.accuracies.map((_, i) => ({
      top1: mean(({ top1 }) => top1, i),
      top5: mean(({ top5 }) => top5, i),
    })),
    publishedTop1: null,
  };
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

function rowsOf(
  { accuracies, ...set }: SetAccuracy,
  { precisions, backend }: AccuracyRequest,
): AccuracyRow[] {
  return accuracies.map((accuracy, i) => {
    const lostPoints = 100 * (accuracies[0]!.top1 - accuracy.top1);
    const { publishedTop1: published } = set;
    const passed =
      i === 0
        ? published === null || Math.abs(accuracy.top1 - published) <= PUBLISHED_TOLERANCE
        : set.images < LEAST_GATED_IMAGES || lostPoints <= MOST_LOST_POINTS;
    return { ...set, backend, precision: precisions[i]!, ...accuracy, lostPoints, passed };
  });
}

async function publishedFigures(folder: string | undefined): Promise<JsonObject> {
  const file = join(folder ?? '', 'figures.json');
  return folder !== undefined && existsSync(file) ? readJsonObject(file) : {};
}
