import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { REFERENCE } from '../kit/folders.ts';
import { readJsonObject } from '../kit/input-file.ts';
import { runBench } from '../run-bench.ts';

/** `bench gradients --json …`, and what it prints. */
async function gradientsCommand(...args: readonly string[]) {
  let out = '';
  let errors = '';
  const streams = {
    stdout: (text: string) => {
      out += text;
    },
    stderr: (text: string) => {
      errors += text;
    },
  };
  const code = await runBench(['gradients', '--json', ...args], streams);
  return { code, errors, ...(out === '' ? {} : JSON.parse(out)) };
}

const gradients = (file: string, ...args: readonly string[]) =>
  gradientsCommand('--case', file, ...args);

/** A file with some of the reference's cases, changed. */
async function caseFile(from: string, change: (cases: Cases) => void): Promise<string> {
  const json = await readJsonObject(join(REFERENCE, from));
  const cases = json.cases as Cases;
  change(cases);
  const folder = await mkdtemp(join(tmpdir(), 'clipql-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'gradients.json');
  await writeFile(file, JSON.stringify({ cases }));
  return file;
}

type Image = Record<string, number[]> & { norm: number };
type Cases = Record<string, { seed?: unknown; images: Image[] }>;

const tinyGelu = (change: (images: Image[]) => void = () => {}) =>
  caseFile('gradients.json', (cases) => {
    delete cases['vit-b-32'];
    change(cases['tiny-gelu']!.images);
  });

describe('gradients agree with PyTorch’s autograd in float64: on wasm within 1e-5, on reference 1e-6', () => {
  test('of tiny-quick-gelu', async () => {
    const { code, rows } = await gradients(join(REFERENCE, 'gradients-tiny-quick-gelu.json'));
    expect(rows).toMatchObject([
      { model: 'tiny-quick-gelu', backend: 'wasm', passed: true },
      { model: 'tiny-quick-gelu', backend: 'reference', passed: true },
    ]);
    expect(rows[0].relL2).toBeLessThanOrEqual(1e-5);
    expect(rows[1].relL2).toBeLessThanOrEqual(1e-6);
    expect(rows[0].cosineDiff).toBeLessThan(1e-6);
    expect(code).toBe(0);
  });

  test('of tiny-gelu, where one image is known whole and others by norm, positions and projections', async () => {
    const { code, rows } = await gradients(await tinyGelu());
    expect(rows.map(({ relL2 }: { relL2: number }) => relL2 <= 1e-5)).toEqual([true, true]);
    expect(code).toBe(0);
  });
});

test('a file may be one case, without a list of them', async () => {
  const file = await tinyGelu();
  const { cases } = await readJsonObject(file);
  await writeFile(file, JSON.stringify((cases as Cases)['tiny-gelu']));
  const { code, rows } = await gradients(file, '--backend', 'wasm');
  expect(rows).toMatchObject([{ model: 'gradients', backend: 'wasm', passed: true }]);
  expect(code).toBe(0);
});

test.each([
  ['a value of a whole gradient', (images: Image[]) => images[0]!.gradient!.fill(0, 0, 1)],
  ['the norm', (images: Image[]) => (images[1]!.norm *= 1 + 1e-4)],
  ['a projection', (images: Image[]) => (images[1]!.projections![2]! += 1e-4)],
  ['a value at a position', (images: Image[]) => (images[2]!.at_positions![255]! *= -1)],
  ['one of the first values', (images: Image[]) => (images[2]!.first64![63]! *= -1)],
])('a file that differs in %s fails', async (_, change) => {
  const file = await tinyGelu((images) => void change(images));
  const { code, rows } = await gradients(file, '--backend', 'wasm');
  expect(rows).toMatchObject([{ passed: false }]);
  expect(code).toBe(1);
});

test('a malformed file is refused by its field', async () => {
  const noImages = await caseFile('gradients.json', (cases) => {
    cases['tiny-gelu']!.images = [];
  });
  const noNorm = await tinyGelu((images) => {
    delete (images[1] as Partial<Image>).norm;
  });
  for (const [file, problem] of [
    [noImages, 'cases.tiny-gelu.images: expected a list, got an empty list'],
    [noNorm, 'cases.tiny-gelu.images.1.norm: expected a number, got none'],
  ] as const) {
    const { code, errors } = await gradients(file);
    expect(errors).toContain(`CASE_INVALID: ${file}: ${problem}`);
    expect(code).toBe(2);
  }
});

test.each([
  ['0.01', false, 1],
  ['1000', true, 0],
])(
  'gradients are timed beside the forward pass; with at most %s of it, passed is %s',
  async (most, isPassed, exitCode) => {
    const flags = ['--model', 'nano', '--images', '1', '--threads', '1', '--rounds', '1'];
    const report = await gradientsCommand('--speed', ...flags, '--most', most);
    const { code, ratio, forwardMs, gradientMs, claims, passed } = report;
    expect(forwardMs).toBeGreaterThan(0);
    expect(ratio).toBe(gradientMs / forwardMs);
    expect(claims).toMatchObject([{ measured: ratio, limit: Number(most), passed }]);
    expect([passed, code]).toEqual([isPassed, exitCode]);
  },
);
