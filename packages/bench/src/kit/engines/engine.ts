import type { Precision } from '@clipql/core';
import type { Workload } from './workload.ts';

/** What is measured beside ClipQL on the CPU unless something else is asked for. */
export const USUAL_PEERS = ['onnxruntime-node', 'onnxruntime-web', 'transformers'] as const;
/** All that can be: ClipQL itself on the GPU too. */
export const PEERS = [...USUAL_PEERS, 'clipql-gpu'] as const;
export type Peer = (typeof PEERS)[number];
export type EngineName = 'clipql' | Peer;

/** What an engine's process is told to load. */
export interface EngineSpec {
  readonly engine: EngineName;
  readonly precision: Precision;
  readonly threads: number;
  /** As `benchModel` takes it. */
  readonly model: string;
  /** Folder of the exported towers, for peers. */
  readonly exported: string;
  readonly towers: readonly Workload['tower'][];
}

/** A loaded engine, in its own process. */
export interface Engine {
  readonly info: EngineInfo;
  /** Makes the inputs ready. */
  prepare(workload: Workload): Promise<Pass>;
  /** Token ids, where the engine has the model's tokenizer. */
  tokenize?(text: string): readonly number[];
}

export interface EngineInfo {
  /** What the engine runs on. */
  readonly backend: string;
  /** Of the package; the repository's for ClipQL. */
  readonly version: string;
  readonly threads: number;
}

/** One forward pass. @returns [B, E], before division by length, all rows end to end. */
export type Pass = () => Promise<Float32Array>;
