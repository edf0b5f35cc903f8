import type { Machine } from '../kit/machine.ts';

/** Where a section's figures were measured, as a list item. */
export const machineLines = ({ cpu, cores, memory, os, node, loadBefore }: Machine): string[] => [
  `- ${cpu}, ${cores} cores, ${Math.round(memory / 2 ** 30)} GiB, ${os}, Node ${node}; load before the run ${loadBefore}`,
];
