import { instantiateKernels, type Kernels } from '../threads/kernels.ts';

/** What `assembly/flat/run.ts` exports. Addresses and sizes in bytes; its files say more. */
export interface FlatKernels extends Kernels {
  quantizeRows(
    x: number,
    isHalf: number,
    rows: number,
    columns: number,
    segment: number,
    pitch: number,
    slot: number,
    halves: number,
    line: number,
    dither: number,
  ): number;
  moveRow(from: number, slot: number, to: number, toSlot: number, pitch: number): void;
  mergeBest(first: number, count: number, pitch: number): void;
  rescore(q: number, x: number, isHalf: number, rows: number, columns: number, out: number): void;
}

export const instantiateFlatKernels = (
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): FlatKernels => instantiateKernels<FlatKernels>(module, memory);

/** The second word of a job, as `assembly/flat/run.ts` knows it. */
export const JOB_KIND = { scan: 0, sumExp: 1 } as const;
