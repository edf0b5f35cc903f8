import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { REFERENCE } from './kit/folders.ts';
import { referenceCase } from './kit/models/reference-case.ts';
import { runBench } from './run-bench.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipql-bench-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function bench(...args: string[]) {
  let stdout = '';
  let stderr = '';
  const exitCode = await runBench(args, {
    stdout: (text) => {
      stdout += text;
    },
    stderr: (text) => {
      stderr += text;
    },
  });
  return { exitCode, stdout, stderr };
}

/** A copy of a reference case with some fields changed. */
async function changedCase(name: 'odd-sizes' | 'tiny-gelu', fields: object): Promise<string> {
  const original = JSON.parse(await readFile(referenceCase(name), 'utf8'));
  const file = join(folder, `${name}-changed.json`);
  await writeFile(file, JSON.stringify({ ...original, ...fields }));
  return file;
}

describe('bench parity --case', () => {
  test('prints one JSON object of the documented form and exits with 0', async () => {
    const { exitCode, stdout } = await bench(
      'parity',
      '--json',
      '--backend=reference',
      '--case',
      referenceCase('odd-sizes'),
    );
    const report = JSON.parse(stdout);
    expect(Object.keys(report)).toEqual(['rows', 'passed']);
    expect(report.rows.map((row: { tower: string }) => row.tower)).toEqual([
      'image',
      'text',
      'logits',
    ]);
    expect(report.rows[0]).toEqual({
      case: 'odd-sizes',
      tower: 'image',
      backend: 'reference',
      precision: 'f32',
      minCosine: expect.closeTo(1, 12),
      relL2: expect.any(Number),
      maxAbsDiff: expect.any(Number),
      passed: true,
    });
    expect(report.passed).toBe(true);
    expect(exitCode).toBe(0);
  });

  test('runs the cases in their order, each as often as there are backends', async () => {
    const { stdout } = await bench(
      'parity',
      '--json',
      '--backend=reference',
      `--case=${referenceCase('odd-end-token')}`,
      `--case=${referenceCase('tiny-gelu')}`,
    );
    const cases = JSON.parse(stdout).rows.map((row: { case: string }) => row.case);
    expect([...new Set(cases)]).toEqual(['odd-end-token', 'tiny-gelu']);
    expect(cases.length).toBe(6);
  });

  test('gates int8 on the cosine, and prints its logits without a gate', async () => {
    const file = referenceCase('odd-end-token');
    const { exitCode, stdout } = await bench('parity', '--precision=int8', '--case', file);
    expect(stdout).toMatch(/image\s+wasm\s+int8 .* minCosine ≥ 0.998\s+passed/);
    expect(stdout).toMatch(/logits\s+wasm\s+int8 .* not gated\s+passed/);
    expect(exitCode).toBe(0);

    const { image_embeds } = JSON.parse(await readFile(referenceCase('odd-sizes'), 'utf8'));
    image_embeds[0].reverse();
    const wrong = await changedCase('odd-sizes', { image_embeds });
    expect((await bench('parity', '--precision=int8', '--case', wrong)).exitCode).toBe(1);
  });

  test('fails with 1 for a wrong expectation, and says where it is', async () => {
    const { text_embeds } = JSON.parse(await readFile(referenceCase('odd-sizes'), 'utf8'));
    text_embeds[1][7] += 0.001;
    const file = await changedCase('odd-sizes', { text_embeds });

    const table = await bench('parity', '--backend=reference', '--case', file);
    expect(table.exitCode).toBe(1);
    expect(table.stdout).toMatch(/odd-sizes\s+text\s+reference\s+f32 .* relL2 ≤ 1e-6\s+FAILED/);
    expect(table.stdout).toMatch(/FAILED odd-sizes text .* at row 1, column 7: expected/);
    expect(table.stdout).toContain('1 of 3 comparisons failed');

    const json = await bench('parity', '--json', '--case', file);
    expect(json.exitCode).toBe(1);
    expect(json.stderr).toMatch(/at row 1, column 7/);
    expect(JSON.parse(json.stdout).passed).toBe(false);
  });

  test('makes other pixels with another seed, and the same texts', async () => {
    const { stdout } = await bench(
      'parity',
      '--json',
      '--backend=reference',
      '--case',
      await changedCase('odd-sizes', { seed: 8 }),
    );
    const passed = JSON.parse(stdout).rows.map((row: { passed: boolean }) => row.passed);
    expect(passed).toEqual([false, true, false]);
  });
});

describe('bench parity --preprocess', () => {
  test('compares a folder from anywhere, and fails where the levels are others', async () => {
    const images = join(REFERENCE, 'preprocess');
    for (const part of ['in', 'expected']) await mkdir(join(folder, part), { recursive: true });
    const copy = async (from: string, to: string) =>
      writeFile(join(folder, to), await readFile(join(images, from)));
    await copy('in/upscale-17x23.png', 'in/right.png');
    await copy('expected/upscale-17x23.48.png', 'expected/right.48.png');
    await copy('in/lines-512x384.png', 'in/wrong.png');
    await copy('expected/upscale-17x23.48.png', 'expected/wrong.48.png');

    const { exitCode, stdout } = await bench('parity', '--json', '--preprocess', folder);
    expect(JSON.parse(stdout).rows).toMatchObject([
      { case: 'right.48', tower: 'pixels', passed: true },
      { case: 'wrong.48', tower: 'pixels', passed: false },
    ]);
    expect(exitCode).toBe(1);
  });
});

describe('bad input is one clear line on stderr, nothing on stdout, and exit code 2', () => {
  test.each([
    [
      ['parity', '--case', '/nowhere/case.json'],
      'FILE_NOT_FOUND: /nowhere/case.json: cannot be read (ENOENT)',
    ],
    [
      ['parity', '--preprocess', '/nowhere'],
      'FILE_NOT_FOUND: /nowhere/in: cannot be read (ENOENT)',
    ],
    [
      ['parity', '--backend', 'abacus'],
      'BAD_OPTION: --backend: expected one of wasm, gpu, reference, got abacus',
    ],
    [
      ['parity', '--backend', 'reference', '--precision', 'int8'],
      'BAD_OPTION: --precision: backend reference has no int8',
    ],
    [['parity', '--speed'], "BAD_OPTION: unknown option '--speed'"],
    [['parity', 'nano'], 'BAD_OPTION: too many arguments'],
    [['party'], "BAD_OPTION: unknown command 'party'"],
  ])('%j', async (args, line) => {
    const { exitCode, stdout, stderr } = await bench(...args);
    expect(stderr.startsWith(`bench: ${line}`), stderr).toBe(true);
    expect(stderr.trimEnd()).not.toContain('\n');
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
  });

  test('names the case file when core refuses its config', async () => {
    const file = await changedCase('tiny-gelu', {
      config: { projection_dim: 80, vision_config: { num_attention_heads: 5 } },
    });
    const { exitCode, stdout, stderr } = await bench('parity', '--case', file);
    expect(stderr).toContain(
      `bench: MODEL_CONFIG_INVALID: ${file}: config.json: vision_config.num_attention_heads: `,
    );
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
  });

  test('names the case file when its ids are not the model’s', async () => {
    const file = await changedCase('odd-sizes', { input_ids: [[0, 320], [321], [0], [320]] });
    const { exitCode, stderr } = await bench('parity', '--case', file);
    expect(stderr).toContain(`bench: BAD_INPUT: ${file}: expected token ids below 321, got 321`);
    expect(exitCode).toBe(2);
  });
});

test('bench --help describes the command and exits with 0', async () => {
  const { exitCode, stdout } = await bench('--help');
  expect(stdout).toContain('parity');
  expect(exitCode).toBe(0);
});
