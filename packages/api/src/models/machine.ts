import { availableParallelism, totalmem } from 'node:os';
import { type Choice, choicesFor, type Recommendation, recommend } from './recommend.ts';
import { zoo } from './zoo.ts';

/** Of the memory, what models may take: the rest is for images, caches and other processes. */
export const MODEL_MEMORY_SHARE = 0.6;

/** Of this machine, or as much as the process may take. */
export const usableMemory = (): number =>
  Math.min(process.constrainedMemory() || totalmem(), totalmem());

/** What this machine has, and the published models that fit into it. */
export interface Machine {
  /** That the process may use. */
  readonly processors: number;
  readonly memoryBytes: number;
  /** The one to try first; undefined where none fits. */
  readonly recommended: Choice | undefined;
  /** Where that is another one. */
  readonly mostAccurate: Choice | undefined;
}

export function thisMachine(): Machine {
  const memoryBytes = usableMemory();
  const wish = { memoryBytes: MODEL_MEMORY_SHARE * memoryBytes };
  const found: Partial<Recommendation> = recommend(choicesFor(zoo(), wish)) ?? {};
  return {
    processors: availableParallelism(),
    memoryBytes,
    recommended: found.best,
    mostAccurate: found.mostAccurate,
  };
}
