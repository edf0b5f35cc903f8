import type { Precision } from '@clipql/core';
import type { ProbeResult } from '../kit/reports/claims.ts';

/** What every probe is told. */
export interface ProbeRequest {
  /** As `benchModel` takes it. */
  readonly model: string;
  readonly precision: Precision;
  readonly threads: number;
  /** How often: passes, deaths. */
  readonly times: number;
}

/** Measures one thing, in a process in which nothing else has run. */
export type Probe = (request: ProbeRequest) => Promise<ProbeResult>;
