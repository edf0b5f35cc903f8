import type { Metrics } from '../telemetry/metrics.ts';
import type { BatchFacts } from './batcher.ts';

/** What inference tells of itself. */
export type InferenceMetrics = Pick<
  Metrics,
  'stageSeconds' | 'batchSize' | 'queueDepth' | 'cacheLookups'
>;

export type Stage = 'queue' | 'fetch' | 'decode' | 'preprocess' | 'image_tower' | 'text_tower';

/** Writes what happens to the metrics, or nowhere, as on the command line. */
export class InferenceObserver {
  readonly #metrics: InferenceMetrics | undefined;

  constructor(metrics: InferenceMetrics | undefined) {
    this.#metrics = metrics;
  }

  stage(stage: Stage, milliseconds: number): void {
    this.#metrics?.stageSeconds.observe({ stage }, milliseconds / 1000);
  }

  batch({ tower, size, milliseconds, waits }: BatchFacts): void {
    this.#metrics?.batchSize.observe({ tower }, size);
    this.stage(`${tower}_tower`, milliseconds);
    for (const wait of waits) this.stage('queue', wait);
  }

  depth(queue: string, depth: number): void {
    this.#metrics?.queueDepth.set({ queue }, depth);
  }

  lookup(cache: string, found: boolean): void {
    this.#metrics?.cacheLookups.inc({ cache, result: found ? 'hit' : 'miss' });
  }
}
