import type { LinearMemory } from '../threads/linear-memory.ts';
import type { FlatKernels } from './kernels.ts';
import type { Scanner } from './scan.ts';
import type { Segments } from './segments.ts';
import type { Staging } from './staging.ts';
import type { SumExp } from './sum-exp.ts';

/** What an index is made of until it is disposed of. */
export interface IndexParts {
  readonly memory: LinearMemory;
  readonly kernels: FlatKernels;
  readonly segments: Segments;
  readonly staging: Staging;
  readonly scanner: Scanner;
  readonly sumExp: SumExp;
}
