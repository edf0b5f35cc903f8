import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { markdownTable } from '../kit/reports/markdown-table.ts';
import { runBench } from '../run-bench.ts';
import { barChart } from './bar-chart.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipql-report-'));
});
afterAll(() => rm(folder, { recursive: true }));

const MACHINE = {
  cpu: 'Abacus',
  cores: 2,
  memory: 2 ** 30,
  os: 'linux',
  node: '24',
  loadBefore: 0,
};

test('a bar is as long as its value, and text is escaped', () => {
  const svg = barChart({
    title: 'a < b',
    unit: 'ms',
    bars: [
      { label: 'A & B', value: 2, group: 'x' },
      { label: 'C', value: 1, group: 'y' },
    ],
  });
  const [long, short] = [...svg.matchAll(/<rect [^>]*width="([\d.]+)"/g)].map((m) => Number(m[1]));
  expect(long! / short!).toBeCloseTo(2, 2);
  expect(svg).toContain('A &amp; B');
  expect(svg).toContain('a &lt; b');
});

test('columns of numbers are set to the right', () => {
  expect(markdownTable(['name', 'ms'], [['a', 1]])).toEqual([
    '| name | ms |',
    '| --- | --: |',
    '| a | 1 |',
  ]);
});

describe('bench report', () => {
  const run = async (...args: string[]) => {
    let stderr = '';
    const exitCode = await runBench(['report', ...args], {
      stdout: () => {},
      stderr: (text) => {
        stderr += text;
      },
    });
    return { exitCode, stderr };
  };

  test('writes a page that names machine, versions and threads, and its charts beside it', async () => {
    const row = {
      engine: 'clipql',
      backend: 'wasm relaxed',
      precision: 'f32',
      tower: 'image',
      batch: 1,
      executedTokens: 50,
      realTokens: 50,
      threads: 2,
      medianMs: 70,
      minMs: 69,
      perItemMs: 70,
      gflops: 118,
      ofPeak: 0.91,
    };
    const speed = {
      machine: MACHINE,
      model: 'vit-b-32',
      versions: { clipql: '0.1.0', 'onnxruntime-web': '1.30.0' },
      peaks: { f32: 65, int8: 260 },
      rounds: 5,
      rows: [row, { ...row, engine: 'onnxruntime-web', perItemMs: 144 }],
      unavailable: [],
    };
    const claims = [
      { claim: 'deaths', measured: 0, limit: 10_000, passed: true },
      { claim: 'batch', measured: 3, limit: 4, least: true, passed: false },
    ];
    const probe = {
      probe: 'deaths',
      machine: MACHINE,
      model: 'nano',
      rows: [{ ms: 5, passes: 85_608 }],
    };
    await writeFile(join(folder, 'speed.json'), JSON.stringify(speed));
    await writeFile(join(folder, 'deaths.json'), JSON.stringify({ ...probe, claims }));
    const out = join(folder, 'docs', 'benchmarks.md');

    expect(await run(folder, '--out', out)).toEqual({ exitCode: 0, stderr: '' });
    const page = await readFile(out, 'utf8');
    expect(page).toContain('Abacus, 2 cores');
    expect(page).toContain('onnxruntime-web 1.30.0');
    expect(page).toContain('| clipql (wasm relaxed) | f32 | image | 1 | 50 | 2 | 70 | 118 | 91 |');
    expect(page).toContain('](benchmarks/speed-1-1.svg)');
    expect(page).toContain('deaths: **0**, at most 10,000: holds');
    expect(page).toContain('| 5 | 85,608 |');
    expect(page).toContain('batch: **3**, at least 4: does not hold');
    expect(await readdir(join(folder, 'docs', 'benchmarks'))).toEqual(['speed-1-1.svg']);
  });

  test('counts right answers by label and in all, and lists every photograph', async () => {
    const answers = (lite: string, nano: string) => [
      { model: 'lite', label: lite, probability: 0.914 },
      { model: 'nano', label: nano, probability: 0.5 },
    ];
    const of = { package: 'npm farm 1.0.0', licence: 'CC0-1.0' };
    const photographs = [
      { ...of, file: 'a.jpg', label: 'dog', answers: answers('dog', 'sea') },
      { ...of, file: 'b.jpg', label: 'dog', answers: answers('dog', 'dog') },
      { ...of, file: 'c.jpg', label: 'sea', answers: answers('dog', 'sea') },
    ];
    const found = join(folder, 'found');
    await mkdir(found);
    const report = { machine: MACHINE, precision: 'f32', labels: ['dog', 'sea'], photographs };
    const models = ['lite', 'nano'];
    await writeFile(join(found, 'photographs.json'), JSON.stringify({ ...report, models }));
    const out = join(folder, 'accuracy.md');

    await run(found, '--out', out, '--title', 'Accuracy');
    const page = await readFile(out, 'utf8');
    expect(page).toMatch(/^# Accuracy\n/);
    expect(page).toContain('- lite: **2 of 3** right, 67 %');
    expect(page).toContain('| dog | 2 | 2 | 1 |');
    expect(page).toContain('| sea | 1 | 0 | 1 |');
    expect(page).toContain(
      '| npm farm 1.0.0: `c.jpg` | CC0-1.0 | sea | dog, 91 % | **sea**, 50 % |',
    );
  });

  test('refuses a file that no command wrote', async () => {
    await writeFile(join(folder, 'other.json'), '{}');
    const { exitCode, stderr } = await run(folder, '--out', join(folder, 'page.md'));
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^bench: CASE_INVALID: .*other.json: /);
  });
});
