import type { Precision } from '@clipql/core';
import type { Peer } from '../kit/engines/engine.ts';
import type { Workload } from '../kit/engines/workload.ts';
import type { TurnOptions } from '../kit/timing/turns.ts';

/** What `bench speed` is asked for. */
export interface SpeedRequest extends TurnOptions {
  readonly model: string;
  readonly batches: readonly number[];
  readonly threads: readonly number[];
  readonly peers: readonly Peer[];
  readonly precisions: readonly Precision[];
  readonly towers: readonly Workload['tower'][];
  /** Where the ONNX files are kept; a temporary folder unless given. */
  readonly keepExports: string | undefined;
}
