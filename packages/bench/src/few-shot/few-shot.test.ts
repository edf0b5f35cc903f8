import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { REFERENCE } from '../kit/folders.ts';
import type { FewShotReport } from '../kit/reports/few-shot-report.ts';
import { runBench } from '../run-bench.ts';
import { drawExamples } from './draw-examples.ts';
import { trainPublishedProbe } from './published-probe.ts';

interface Reference {
  readonly texts: number[][];
  readonly pictures: number[][];
  readonly classes: number[];
  readonly published: { readonly alpha: number[]; readonly weights: number[][] };
}

test("with the paper's settings, alpha and weights are those of PyTorch's autograd, to 1e-4", async () => {
  const file = join(REFERENCE, 'few-shot.json');
  const { texts, pictures, classes, published }: Reference = JSON.parse(
    await readFile(file, 'utf8'),
  );
  const float32 = (rows: number[][]) => rows.map((row) => Float32Array.from(row));
  const { alpha, weights } = trainPublishedProbe(float32(texts), float32(pictures), classes);
  const differences = [
    ...published.alpha.map((value, k) => Math.abs(value - alpha[k]!)),
    ...published.weights.flatMap((row, k) =>
      row.map((value, e) => Math.abs(value - weights[k]![e]!)),
    ),
  ];
  expect(differences).toHaveLength(5 + 5 * 16);
  expect(Math.max(...differences)).toBeLessThan(1e-4);
});

describe('drawExamples', () => {
  const classes = Array.from({ length: 60 }, (_, i) => i % 3);

  test('fewer pictures are the first of more, with the same seed', () => {
    const many = drawExamples(classes, 8, 1);
    for (const [label, positions] of drawExamples(classes, 2, 1)) {
      expect(positions).toEqual(many.get(label)!.slice(0, 2));
      expect(new Set(many.get(label)).size).toBe(8);
      expect(many.get(label)!.every((i) => classes[i] === label)).toBe(true);
    }
  });

  test('another seed draws others, and no class gives more than it has', () => {
    expect(drawExamples(classes, 8, 2)).not.toEqual(drawExamples(classes, 8, 1));
    expect(drawExamples(classes, 50, 1).get(0)).toHaveLength(20);
  });
});

describe('bench few-shot', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clipql-few-shot-'));
    await mkdir(join(folder, 'data'));
    // Oriented photographs are one class and drawings another, by two of the labels of the set.
    const inputs = join(REFERENCE, 'preprocess', 'in');
    const files = (await readdir(inputs)).sort();
    const read = async (chosen: readonly string[], label: number) =>
      Promise.all(
        chosen.map(async (file) => ({ label, bytes: await readFile(join(inputs, file)) })),
      );
    const photographs = await read(
      files.filter((file) => file.startsWith('exif-')),
      0,
    );
    const drawings = await read(
      files.filter((file) => /^(bits|checker|lines|palette)/.test(file)),
      4,
    );
    const shards = {
      train: [...photographs.slice(0, 5), ...drawings.slice(0, 2)],
      test: [...photographs.slice(5), ...drawings.slice(2)],
    };
    for (const [name, images] of Object.entries(shards)) {
      await writeFile(join(folder, 'data', `scenes-${name}.bin`), shardOf(images));
    }
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function fewShot(...args: readonly string[]) {
    let output = '';
    let lines = '';
    const given = ['--data', join(folder, 'data'), '--cache', join(folder, 'cache')];
    const code = await runBench(['few-shot', ...given, '--model', 'nano', ...args], {
      stdout: (text) => {
        output += text;
      },
      stderr: (text) => {
        lines += text;
      },
    });
    return { code, output, lines };
  }

  test('reports accuracy without pictures and with two of a class, and a second run embeds nothing', async () => {
    const args = ['--json', '--shots', '0,2', '--seeds', '2'];
    const { output, lines } = await fewShot(...args);
    const { rows, seeds }: FewShotReport = JSON.parse(output);
    expect(seeds).toBe(2);
    expect(rows).toMatchObject([
      { set: 'scenes', labels: 6, images: 5, shots: 0, temperature: 1 },
      { set: 'scenes', labels: 6, images: 5, shots: 2 },
    ]);
    expect(rows[0]!.accuracy).toEqual({
      probe: rows[0]!.zeroShot,
      classMean: null,
      logisticRegression: null,
      published: null,
    });
    expect(rows[1]!.accuracy.probe).toBeGreaterThanOrEqual(rows[0]!.zeroShot);
    expect(rows[1]!.accuracy.classMean).toBeGreaterThan(0.5);
    expect(lines).toContain('embedding image 0 of');
    const again = await fewShot(...args);
    expect(again.lines).not.toContain('embedding image');
    const untimed = (text: string) =>
      text.replace(/"(machine|trainingSeconds)":(\{.*?\}|[\d.e-]+)/g, '');
    expect(untimed(again.output)).toBe(untimed(output));
  });

  test('fails for a folder without training shards, and for a number of pictures below 0', async () => {
    expect(await fewShot('--sets', 'cifar10')).toMatchObject({
      code: 2,
      lines: expect.stringContaining('expected train and validation shards'),
    });
    expect(await fewShot('--shots', '-1')).toMatchObject({
      code: 2,
      lines: expect.stringContaining('expected whole numbers from 0'),
    });
  });
});

function shardOf(images: readonly { label: number; bytes: Uint8Array }[]): Buffer {
  const head = Buffer.alloc(4 + 6 * images.length);
  head.writeUInt32LE(images.length);
  for (const [i, { label, bytes }] of images.entries()) {
    head.writeUInt32LE(bytes.length, 4 + 4 * i);
    head.writeUInt16LE(label, 4 + 4 * images.length + 2 * i);
  }
  return Buffer.concat([head, ...images.map(({ bytes }) => bytes)]);
}
