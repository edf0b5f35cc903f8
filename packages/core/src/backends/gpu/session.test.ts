import { expect, onTestFinished, test } from 'vitest';
import { loadGpuJs, type Pipeline } from './gpu-js.ts';
import { Session } from './session.ts';

test('a pipeline that gpu.js runs in another way than asked for is an error, with its reason', async () => {
  const session = await Session.open(await loadGpuJs(), 'cpu');
  onTestFinished(() => session.dispose());
  const fallenBack: Pipeline = Object.assign(async () => [[Float32Array.of(1)]], {
    executorKind: 'fused-sync',
    backend: 'webasm',
    fallbackReason: 'the test says so',
    destroy: async () => {},
  });
  await expect(session.firstRun(fallenBack, [])).rejects.toMatchObject({
    code: 'GPU_UNAVAILABLE',
    message: 'expected gpu.js to run generic on cpu, got fused-sync on webasm (the test says so)',
  });
});

test('a mode that this engine does not have is an error, not another mode', async () => {
  await expect(Session.open(await loadGpuJs(), 'webgl2')).rejects.toMatchObject({
    code: 'GPU_UNAVAILABLE',
    message: expect.stringContaining('gpu.js does not run in mode webgl2'),
  });
});
