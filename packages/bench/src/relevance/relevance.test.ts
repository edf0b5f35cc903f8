import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConcepts } from '../accuracy/concepts.ts';
import { REPOSITORY } from '../kit/folders.ts';
import type { RelevanceReport } from '../kit/reports/relevance-report.ts';
import { runBench } from '../run-bench.ts';
import { bestThreshold, f1At } from './thresholds.ts';

/** Photographs of the repository, by what they show. */
const PHOTOGRAPHS: Readonly<Record<string, string>> = {
  flower: 'allium-oreophilum.jpg',
  barn: 'dust-bowl-home.jpg',
  mountain: 'french-alpine-landscape.jpg',
  animal: 'march-pastoral.jpg',
  boat: 'nagasaki-boats.jpg',
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipql-relevance-'));
  for (const [word, file] of Object.entries(PHOTOGRAPHS)) {
    await mkdir(join(folder, word));
    await copyFile(join(REPOSITORY, 'packages/api/examples', file), join(folder, word, file));
  }
});
afterAll(() => rm(folder, { recursive: true }));

async function relevance(...args: readonly string[]) {
  let output = '';
  const code = await runBench(['relevance', '--data', folder, '--json', ...args], {
    stdout: (text) => {
      output += text;
    },
    stderr: () => {},
  });
  return { code, report: output === '' ? undefined : (JSON.parse(output) as RelevanceReport) };
}

describe('bench relevance', () => {
  test('five photographs: AUTO finds each by its word, and nothing for words of which there is none', async () => {
    const absent = 'guitar,pizza,tiger,keyboard,violin,spider,toilet,telephone,snake,basketball';
    const { report } = await relevance('--absent', absent);
    const [row] = report!.rows;
    expect(row).toMatchObject({ split: 'held out', images: 5, words: 5, absentWords: 10 });
    expect(row!.autoF1).toBeGreaterThan(0.9);
    expect(row!.absentEmpty).toBeGreaterThan(0.9);
  });

  test('fails where something is found for a word that is said to be absent', async () => {
    const { code, report } = await relevance('--absent', 'harbor,ship,plant');
    expect(report).toMatchObject({ passed: false });
    expect(code).toBe(1);
  });
});

test('the best threshold is found among all, equal scores passing together', () => {
  const words = [
    { scores: Float32Array.of(0.5, 0.4, 0.3), shown: [true, false, true] },
    { scores: Float32Array.of(0.4, 0.4, 0.1), shown: [true, true, false] },
  ];
  const { threshold, f1 } = bestThreshold(words);
  const tried = [0.1, 0.3, 0.4, 0.5].map((one) =>
    words.reduce((sum, word) => sum + f1At(word, Math.fround(one)) / words.length, 0),
  );
  expect(threshold).toBe(Math.fround(0.3));
  expect(f1).toBeCloseTo(Math.max(...tried), 9);
});

test('a word that is a kind of what an image shows is not judged by it', async () => {
  const { positive, unknown } = await readConcepts();
  const kind = unknown.findIndex((kinds) => kinds.length > 0);
  for (const narrower of unknown[kind]!) expect(positive[narrower]).toContain(kind);
});
