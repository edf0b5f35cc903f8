import type { Precision } from '@clipql/core';
import type { EngineName } from '../engines/engine.ts';
import type { Machine } from '../machine.ts';
import type { Peaks } from '../timing/peaks.ts';

/** What `bench speed --json` prints. */
export interface SpeedReport {
  readonly machine: Machine;
  readonly model: string;
  readonly versions: Readonly<Record<string, string>>;
  /** Of one core, in 10⁹ operations a second. */
  readonly peaks: Peaks;
  readonly rounds: number;
  readonly rows: readonly SpeedRow[];
  /** Engines that could not be measured, and why. */
  readonly unavailable: readonly { readonly engine: string; readonly reason: string }[];
}

/** One engine's time for one workload, as `bench speed --json` prints it. */
export interface SpeedRow {
  readonly engine: EngineName;
  readonly backend: string;
  readonly precision: Precision;
  readonly tower: 'image' | 'text';
  /** Images or texts of a forward pass. */
  readonly batch: number;
  /** Tokens that went through the tower, padding included; and those that had to. */
  readonly executedTokens: number;
  readonly realTokens: number;
  readonly threads: number;
  /** Milliseconds of a pass over all rounds. */
  readonly medianMs: number;
  readonly minMs: number;
  /** The median by image or text. */
  readonly perItemMs: number;
  /** 10⁹ operations a second at the median, of those that this engine executes. */
  readonly gflops: number;
  /**
   * `gflops` by the peak of WebAssembly's vectors on as many cores, measured in the same run. Native
   * code has wider ones and may pass 1. null where the peak cannot be measured.
   */
  readonly ofPeak: number | null;
}
