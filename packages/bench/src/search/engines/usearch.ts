import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { EngineSettings, SearchEngine } from './engine.ts';

interface USearch {
  readonly MetricKind: { readonly IP: string };
  exactSearch(
    dataset: Float32Array,
    queries: Float32Array,
    dimensions: number,
    count: number,
    metric: string,
    threads: number,
  ): { readonly keys: BigUint64Array };
}

/** `exactSearch` over float32, https://github.com/unum-cloud/usearch. */
export function createUSearch(settings: EngineSettings): SearchEngine {
  const { rows, dimensions, threads, packages } = settings;
  const usearch: USearch = createRequire(join(packages, 'package.json'))('usearch');
  const dataset = new Float32Array(rows * dimensions);
  return {
    add: (vectors, first) => dataset.set(vectors, first * dimensions),
    search: async (query, k) => {
      const metric = usearch.MetricKind.IP;
      const { keys } = usearch.exactSearch(dataset, query, dimensions, k, metric, threads);
      return Array.from(keys, Number);
    },
    close: () => {},
  };
}
