import { describe, expect, test } from 'vitest';
import { runProbe } from './run-probe.ts';

const NANO = { model: 'nano', precision: 'int8', threads: 2 } as const;

describe('probes', () => {
  test('a thread that dies fails what is in flight and changes no later answer', async () => {
    const { rows, claims } = await runProbe('deaths', { ...NANO, times: 3 });
    expect(rows.length).toBe(3);
    const [wrongEnds, otherEmbeddings] = claims;
    expect(wrongEnds).toMatchObject({ measured: 0, passed: true });
    expect(otherEmbeddings).toMatchObject({ measured: 0, passed: true });
  });

  test('memory is looked at from the hundredth pass to the last', async () => {
    const { rows, claims } = await runProbe('memory', { ...NANO, times: 130 });
    expect(rows[0]!.passes).toBe(100);
    expect(rows.at(-1)!.passes).toBe(130);
    expect(claims.length).toBe(1);
  });

  test('loading reports the packed weights beside what the process grew by', async () => {
    const { rows } = await runProbe('load-time', { ...NANO, times: 1 });
    expect(rows[0]).toMatchObject({ precision: 'int8', threads: 2 });
    // A quarter of the linear layers' 9.5 MB, and the tables of float32.
    expect(rows[0]!.packedMB).toBeLessThan(10);
  });

  test('the way from a JPEG is measured for pictures of three sizes, and for a folder', async () => {
    const { rows } = await runProbe('end-to-end', { ...NANO, times: 1 });
    expect(rows.map(({ picture }) => picture)).toEqual([
      '640×480',
      '1920×1080',
      'a folder of 64 of 1920×1080',
      '4000×3000',
    ]);
  });

  test('a model that is not there is said by name', async () => {
    await expect(runProbe('memory', { ...NANO, model: 'mega', times: 1 })).rejects.toMatchObject({
      code: 'ENGINE_FAILED',
      message: expect.stringContaining('got mega'),
    });
  });
});
