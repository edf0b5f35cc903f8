import { availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';

/** Where something was measured. */
export interface Machine {
  /** The processor's name, as the system gives it. */
  readonly cpu: string;
  /** Processors that this process may use. */
  readonly cores: number;
  /** Bytes. */
  readonly memory: number;
  readonly os: string;
  readonly node: string;
  /** The system's load over the last minute before the run; above 0.5 something else ran. */
  readonly loadBefore: number;
}

export const describeMachine = (): Machine => ({
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: availableParallelism(),
  memory: totalmem(),
  os: `${platform()} ${release()}`,
  node: process.versions.node,
  loadBefore: Number(loadavg()[0]!.toFixed(2)),
});
