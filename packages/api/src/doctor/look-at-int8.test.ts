import { expect, test } from 'vitest';
import { int8Finding } from './look-at-int8.ts';

const flags = (names: string) =>
  `processor\t: 0\nmodel name\t: x\nflags\t\t: fpu avx2 ${names} sse\n`;

test.each([
  [
    'with AVX-VNNI, a third of the time',
    { f32: 95e9, int8: 277e9, processor: flags('avx512_vnni avx_vnni') },
    { state: 'ok', instructions: 'avx-vnni', choose: 'int8', share: 0.34 },
    "int8 takes 0.34 of float32's time and 38 % of the memory: choose --precision int8",
  ],
  [
    'with AVX-512 VNNI alone, two thirds',
    { f32: 95e9, int8: 138e9, processor: flags('avx512_vnni') },
    { state: 'ok', instructions: 'avx512-vnni', choose: 'int8', share: 0.69 },
    "int8 takes 0.69 of float32's time and 38 % of the memory: choose --precision int8, though V8 has no single int8 dot product for it: the processor has AVX-512 VNNI, but not AVX-VNNI",
  ],
  [
    'without VNNI, no gain',
    { f32: 50e9, int8: 50e9, processor: flags('') },
    { state: 'note', instructions: 'none', choose: 'f32', share: 1 },
    "int8 takes 1.00 of float32's time: choose float32 unless memory is short (38 % of the memory); V8 has no single int8 dot product for it: the processor has no VNNI",
  ],
  [
    'elsewhere than on Linux, what was measured',
    { f32: 50e9, int8: 79e9, processor: '' },
    { state: 'ok', instructions: 'unknown', choose: 'int8', share: 0.63 },
    "int8 takes 0.63 of float32's time and 38 % of the memory: choose --precision int8, though V8 has no single int8 dot product for it",
  ],
])('%s', (_what, { f32, int8, processor }, { state, share, ...expected }, text) => {
  const finding = int8Finding({ f32, int8 }, processor);
  expect(finding).toMatchObject({ name: 'int8', state, text, measured: expected });
  expect(finding.measured!.int8TimeShare).toBeCloseTo(share, 2);
});
