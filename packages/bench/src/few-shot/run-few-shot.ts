import { type BackendName, loadClip } from '@clipql/core';
import { describeMachine } from '../kit/machine.ts';
import { benchModel } from '../kit/models/bench-model.ts';
import type { FewShotReport, FewShotRow } from '../kit/reports/few-shot-report.ts';
import { type EmbeddedSetsRequest, embedSets } from './embedded-sets.ts';
import { EmbeddingCache } from './embedding-cache.ts';
import { measureSet } from './measure-set.ts';
import { meanOf } from './measured.ts';

export interface FewShotRequest extends Omit<EmbeddedSetsRequest, 'shots'> {
  /** As `benchModel` takes it. */
  readonly model: string;
  readonly backend: BackendName;
  /** Pictures of each class, from 0. */
  readonly shots: readonly number[];
  /** Folder of embeddings that are kept between runs. */
  readonly cache: string;
  /** Whether to train LP++ with its paper's settings too. */
  readonly published: boolean;
}

/** What the probe may lose to zero-shot, in any row. */
const MOST_LOST = 0.005;

/** @throws BenchError for data that cannot be read, ClipError for an image that cannot be decoded. */
export async function runFewShot(
  request: FewShotRequest,
  progress: (line: string) => void,
): Promise<FewShotReport> {
  const machine = describeMachine();
  const { name, files } = await benchModel(request.model);
  const clip = await loadClip(files, { backend: request.backend });
  try {
    const cache = await EmbeddingCache.open(request.cache, clip);
    const shots = Math.max(...request.shots);
    const sets = await embedSets({ ...request, shots }, clip, cache, progress);
    const rows: FewShotRow[] = [];
    const { logitScale } = clip.info;
    for (const set of sets) {
      progress(`${set.name}: training`);
      rows.push(...measureSet(set, request.shots, { logitScale, published: request.published }));
    }
    if (sets.length > 1) rows.push(...request.shots.map((count) => together(rows, count)));
    return { machine, model: name, seeds: request.seeds, rows, passed: passes(rows) };
  } finally {
    clip.dispose();
  }
}

/** The mean of the sets, each counting the same. */
function together(rows: readonly FewShotRow[], shots: number): FewShotRow {
  const chosen = rows.filter((row) => row.shots === shots);
  const total = (of: (row: FewShotRow) => number) => chosen.reduce((sum, row) => sum + of(row), 0);
  return {
    set: 'together',
    labels: total(({ labels }) => labels),
    images: total(({ images }) => images),
    shots,
    zeroShot: total(({ zeroShot }) => zeroShot) / chosen.length,
    ...meanOf(chosen),
  };
}

/** Never below zero-shot by more than half a point, and on average above what knows no text. */
function passes(rows: readonly FewShotRow[]): boolean {
  const taught = rows.filter(({ shots }) => shots > 0);
  const sum = (of: (row: FewShotRow) => number) =>
    taught.reduce((total, row) => total + of(row), 0);
  const probe = sum(({ accuracy }) => accuracy.probe!);
  return (
    rows.every(({ accuracy, zeroShot }) => accuracy.probe! >= zeroShot - MOST_LOST) &&
    probe > sum(({ accuracy }) => accuracy.classMean!) &&
    probe > sum(({ accuracy }) => accuracy.logisticRegression!)
  );
}
