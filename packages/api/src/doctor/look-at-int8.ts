import { readFile } from 'node:fs/promises';
import { INT8_MEMORY_SHARE, type Precision } from '@clipql/core';
import { type MachineSpeed, probeSpeed } from '../models/probe-speed.ts';
import { type Finding, note, ok } from './finding.ts';

/** Below this share of float32's time, the int8 dot product is one instruction. */
const ONE_INSTRUCTION = 0.5;
/** Above this share, int8 is not worth choosing for its speed. */
const NO_GAIN = 0.9;

/** Where Linux says which instructions the processor has. */
const CPU_FILE = '/proc/cpuinfo';

/**
 * Times float32 and int8, and says which to choose. On one thread: the share is the same, and threads that wait for each
 * other would measure what else the machine does.
 */
export async function lookAtInt8(): Promise<Finding> {
  const speed = await probeSpeed(1);
  const processor = await readFile(CPU_FILE, 'utf8').catch(() => '');
  return int8Finding(speed, processor);
}

/** @param processor what Linux says of it; empty elsewhere. */
export function int8Finding(speed: MachineSpeed, processor: string): Finding {
  const share = speed.f32 / speed.int8;
  const instructions = vnniOf(processor);
  const choose: Precision = share <= NO_GAIN ? 'int8' : 'f32';
  const time = `int8 takes ${share.toFixed(2)} of float32's time`;
  const memory = `${Math.round(100 * INT8_MEMORY_SHARE)} % of the memory`;
  const measured = { operationsASecond: speed, int8TimeShare: share, instructions, choose };
  const finding = () => {
    if (share <= ONE_INSTRUCTION) {
      return ok('int8', `${time} and ${memory}: choose --precision int8`);
    }
    const why = `V8 has no single int8 dot product for it${REASONS[instructions]}`;
    return choose === 'int8'
      ? ok('int8', `${time} and ${memory}: choose --precision int8, though ${why}`)
      : note('int8', `${time}: choose float32 unless memory is short (${memory}); ${why}`);
  };
  return { ...finding(), measured };
}

/** V8 makes one instruction of the dot product with AVX-VNNI alone, whose encoding has no masks. */
const REASONS = {
  'avx-vnni': '',
  'avx512-vnni': ': the processor has AVX-512 VNNI, but not AVX-VNNI',
  none: ': the processor has no VNNI',
  unknown: '',
} as const;

function vnniOf(processor: string): keyof typeof REASONS {
  const flags = /^flags\s*:(.*)$/m.exec(processor)?.[1]?.trim().split(/\s+/);
  if (flags === undefined) return 'unknown';
  if (flags.includes('avx_vnni')) return 'avx-vnni';
  return flags.includes('avx512_vnni') ? 'avx512-vnni' : 'none';
}
