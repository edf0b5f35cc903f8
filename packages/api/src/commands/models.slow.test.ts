// These run the built command line: `npm test` builds it first.
import { expect, test } from 'vitest';
import { clipql, expectFailure } from '../testing/command-line.ts';

interface Answer {
  readonly models: readonly {
    readonly id: string;
    readonly tasks: readonly string[];
    readonly licence?: { readonly commercial: boolean };
    readonly memoryBytes: Readonly<Record<'f32' | 'int8', number>>;
    readonly estimatedMilliseconds: Readonly<Record<'f32' | 'int8', number>>;
  }[];
  readonly recommended: { readonly id: string; readonly precision: string } | null;
}

const asked = async (...flags: readonly string[]): Promise<Answer> =>
  JSON.parse((await clipql('models', '--json', ...flags)).stdout);

test('for search in 2 GB, DataComp’s ViT-B/32 is recommended, and why', async () => {
  const { stdout, exitCode } = await clipql('models', '--for', 'search', '--memory', '2');
  expect(stdout).toContain(
    [
      'Recommended: --model laion/CLIP-ViT-B-32-256x256-DataComp-s34B-b86K',
      '  The one to try first for search, within 2.00 GB of memory: 72.8 % on ImageNet, 605 MB of memory, licence MIT.',
      '  More accurate: laion/CLIP-ViT-L-14-DataComp.XL-s13B-b90K, 79.2 %, for 14.6 times the work per image.',
    ].join('\n'),
  );
  expect(stdout).toMatch(/ 72\.8 % \[(\d)\] [\s\S]*\n\[\1\] https:\/\/\S+openclip_results\.csv\n/);
  expect(exitCode).toBe(0);
});

test('only what fits is listed; int8 where float32 is too large', async () => {
  const { models, recommended } = await asked(
    '--for',
    'multilingual',
    '--memory',
    '0.3',
    '--commercial',
  );
  expect(models.length).toBeGreaterThan(0);
  for (const { tasks, licence, memoryBytes } of models) {
    expect(tasks).toContain('multilingual');
    expect(licence).toMatchObject({ commercial: true });
    expect(memoryBytes.int8).toBeLessThanOrEqual(0.3e9);
  }
  expect(recommended).toEqual({ id: 'google/siglip2-base-patch32-256', precision: 'int8' });
});

test('without a wish all are listed, and none is recommended', async () => {
  const { models, ...others } = await asked();
  expect(models.length).toBeGreaterThan(15);
  expect(others).toEqual({});
  const [first, second] = models.map(({ estimatedMilliseconds }) => estimatedMilliseconds);
  for (const estimate of [first!, second!]) {
    expect(estimate).toEqual({ f32: expect.any(Number), int8: expect.any(Number) });
  }
});

test('where nothing fits, that is said', async () => {
  const { stdout, exitCode } = await clipql('models', '--memory', '0.01');
  expect(stdout).toContain('There is no model within 10 MB of memory.');
  expect(exitCode).toBe(0);
});

test.each([
  [
    '--for',
    'cooking',
    /BAD_OPTION: --for: expected classify or search or multilingual, got cooking/,
  ],
  ['--memory', 'much', /BAD_OPTION: --memory: expected GB, a number above 0, got much/],
])('%s %s is refused', async (flag, value, line) => {
  expectFailure(await clipql('models', flag, value), line);
});
