import { expect, onTestFinished, test } from 'vitest';
import { parseConfig } from '../../config/config-json.ts';
import { weightsOfGraphs } from '../../graph/plan.ts';
import { imageTowerOf, textTowerOf } from '../../model/towers.ts';
import { INT8_MEMORY_SHARE } from '../backend.ts';
import { createWasmBackend } from './index.ts';
import { bytesOf } from './packed-weights.ts';

const VIT_B_32 = parseConfig(new TextEncoder().encode('{}'));

test('int8 takes of ViT-B/32’s float32 memory the share that is stated', () => {
  const weights = weightsOfGraphs([
    imageTowerOf(VIT_B_32, 1).graph,
    textTowerOf(VIT_B_32, { texts: 1, tokens: 1 }).graph,
  ]);
  expect(bytesOf(weights, 'int8') / bytesOf(weights, 'f32')).toBeCloseTo(INT8_MEMORY_SHARE, 2);
});

test('weights that do not fit are refused before any is read', async () => {
  const backend = createWasmBackend({ threads: 1 });
  onTestFinished(() => backend.dispose());
  const unread = () => Promise.reject(new Error('a weight was read'));
  const weights = [0, 1].map((i) => ({
    key: `table ${i}`,
    role: 'table' as const,
    parameters: [{ name: String(i), rows: 2 ** 20 }],
    rows: 2 ** 20,
    columns: 512,
  }));
  await expect(backend.load(weights, { read: unread, readInto: unread })).rejects.toMatchObject({
    code: 'OUT_OF_MEMORY',
  });
});
