import type { EngineInfo, EngineSpec } from './engine.ts';
import type { Workload } from './workload.ts';

/** What an engine's process can be asked. */
export type Request =
  | { readonly kind: 'load'; readonly spec: EngineSpec }
  | { readonly kind: 'tokenize'; readonly texts: readonly string[] }
  | { readonly kind: 'embed'; readonly workload: Workload }
  | {
      readonly kind: 'time';
      readonly workload: Workload;
      /** Passes go on for as long, and until there are `leastPasses`. */
      readonly milliseconds: number;
      readonly leastPasses: number;
    };

/** What it answers. */
export interface Answers {
  load: EngineInfo;
  tokenize: readonly (readonly number[])[];
  /** [B, E], all rows end to end. */
  embed: Float32Array;
  /** Milliseconds of each pass. */
  time: readonly number[];
}

export type Reply =
  | { readonly answer: Answers[keyof Answers] }
  | { readonly failure: { readonly message: string } };
