import type { Buffer, FusedGraph } from './fuse.ts';
import { matricesOf } from './operation.ts';

/** Offsets of buffers in one arena, in words of four bytes. */
export interface ArenaLayout {
  readonly offsets: ReadonlyMap<Buffer, number>;
  readonly words: number;
}

/** 64 bytes: a cache line, and the widest vector of the machines we run on. */
const ALIGNMENT_WORDS = 16;

interface Lifetime {
  readonly first: number;
  last: number;
}

/**
 * Gives each buffer a place, such that no two that are alive at once overlap. A buffer lives from
 * the step that fills it to the last that reads it; inputs live from the start, outputs to the end.
 * First fit, in the order in which they come to life.
 */
export function layOutArena({ steps, inputs, outputs }: FusedGraph): ArenaLayout {
  const lifetimes = new Map<Buffer, Lifetime>();
  const touch = (buffer: Buffer, time: number): void => {
    const lifetime = lifetimes.get(buffer);
    if (lifetime === undefined) lifetimes.set(buffer, { first: time, last: time });
    else lifetime.last = Math.max(lifetime.last, time);
  };
  for (const { value } of inputs.values()) touch(value.buffer, 0);
  steps.forEach((step, i) => {
    for (const operand of matricesOf(step)) touch(operand.buffer, i + 1);
    touch(step.out.buffer, i + 1);
  });
  for (const { buffer } of outputs.values()) touch(buffer, steps.length + 1);

  const offsets = new Map<Buffer, number>();
  let words = 0;
  let alive: { start: number; end: number; last: number }[] = [];
  for (const [buffer, { first, last }] of lifetimes) {
    alive = alive.filter((other) => other.last >= first);
    const size = aligned(buffer.rows * buffer.columns);
    const start = firstGap(alive, size);
    alive.push({ start, end: start + size, last });
    alive.sort((a, b) => a.start - b.start);
    offsets.set(buffer, start);
    words = Math.max(words, start + size);
  }
  return { offsets, words };
}

function firstGap(alive: readonly { start: number; end: number }[], size: number): number {
  let start = 0;
  for (const other of alive) {
    if (other.start - start >= size) break;
    start = other.end;
  }
  return start;
}

const aligned = (words: number): number => Math.ceil(words / ALIGNMENT_WORDS) * ALIGNMENT_WORDS;
