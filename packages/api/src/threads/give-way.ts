import { setPriority } from 'node:os';

/** How far threads give way to the event loop, as `nice` has it. */
export const NICENESS = {
  /** What somebody waits for: a third of the event loop's share when both want the processor. */
  work: 5,
  /** What nobody waits for. */
  background: 10,
} as const;

/** Sets the niceness of the calling thread. On Linux alone: elsewhere it would be the whole process's. */
export function giveWay(niceness: number): void {
  if (process.platform === 'linux') setPriority(niceness);
}
