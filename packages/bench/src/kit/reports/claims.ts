import type { Machine } from '../machine.ts';

export type Cell = string | number | boolean | null;

/** What a probe found: rows of one form, and what must hold. */
export interface ProbeResult {
  readonly rows: readonly Readonly<Record<string, Cell>>[];
  readonly claims: readonly Claim[];
}

/** What `bench memory --json` and its like print. */
export interface ProbeReport extends ProbeResult {
  readonly probe: string;
  readonly machine: Machine;
  readonly model: string;
  readonly passed: boolean;
}

/** Something that is to hold, with what was measured. */
export interface Claim {
  readonly claim: string;
  readonly measured: number;
  readonly limit: number;
  /** Whether the limit is the least that may be measured; it is the most unless given. */
  readonly least?: true;
  readonly passed: boolean;
}

export const atLeast = (claim: string, measured: number, limit: number): Claim => ({
  claim,
  measured,
  limit,
  least: true,
  passed: measured >= limit,
});

export const atMost = (claim: string, measured: number, limit: number): Claim => ({
  claim,
  measured,
  limit,
  passed: measured <= limit,
});
