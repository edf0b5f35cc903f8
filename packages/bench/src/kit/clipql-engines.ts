import { BACKENDS, type BackendName, findGpu, PRECISIONS, type Precision } from '@clipql/core';
import { BenchError } from './errors.ts';
import { oneOf } from './option-values.ts';

/** A way to run the model: what `loadClip` is told. */
export interface ClipqlEngine {
  readonly backend: BackendName;
  readonly precision: Precision;
}

/** Every backend with every precision that it has. */
const ENGINES: readonly ClipqlEngine[] = BACKENDS.flatMap((backend) =>
  PRECISIONS.filter((precision) => precision === 'f32' || backend === 'wasm').map((precision) => ({
    backend,
    precision,
  })),
);

/** All that compute on the CPU, which is every one that runs on every machine. */
export const CPU_ENGINES: readonly ClipqlEngine[] = ENGINES.filter(
  ({ backend }) => backend !== 'gpu',
);

/**
 * All that run on this machine: those of the GPU only where an adapter answers.
 *
 * @param progress told when they are left out.
 */
export async function enginesHere(
  progress: (line: string) => void,
): Promise<readonly ClipqlEngine[]> {
  const adapter = await findGpu();
  if (adapter !== undefined) return ENGINES;
  progress('backend gpu is left out: no WebGPU adapter answers on this machine');
  return CPU_ENGINES;
}

/**
 * The engines with this backend and precision, where they are given.
 *
 * @throws BenchError BAD_OPTION for an unknown name, or where no such engine is.
 */
export function enginesNamed(backend?: string, precision?: string): readonly ClipqlEngine[] {
  if (backend !== undefined) oneOf('--backend', BACKENDS, backend);
  if (precision !== undefined) oneOf('--precision', PRECISIONS, precision);
  const engines = ENGINES.filter(
    (engine) =>
      (backend === undefined || engine.backend === backend) &&
      (precision === undefined || engine.precision === precision),
  );
  if (engines.length > 0) return engines;
  throw new BenchError('BAD_OPTION', `--precision: backend ${backend} has no ${precision}`);
}
