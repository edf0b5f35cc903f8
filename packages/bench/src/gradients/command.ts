import type { Command } from 'commander';
import { oneOf, ratio, wholeNumber } from '../kit/option-values.ts';
import { alignedTable } from '../kit/reports/aligned-table.ts';
import { describeClaim } from '../kit/reports/probe-table.ts';
import type { Streams } from '../kit/streams.ts';
import {
  compareGradients,
  type GradientBackend,
  type GradientRow,
  MOST_REL_L2,
} from './compare-gradients.ts';
import { REFERENCE_GRADIENTS, readGradientCases } from './gradient-case.ts';
import { type GradientSpeed, gradientSpeed } from './gradient-speed.ts';

interface GradientsOptions {
  readonly json?: true;
  readonly case: readonly string[];
  readonly backend?: string;
  readonly speed?: true;
  readonly model: string;
  readonly images: number;
  readonly threads: number;
  readonly rounds: number;
  readonly most: number;
}

const BACKENDS = Object.keys(MOST_REL_L2) as readonly GradientBackend[];

/** Adds `bench gradients`. */
export function addGradientsCommand(
  program: Command,
  streams: Streams,
  finish: (exitCode: number) => void,
): void {
  program
    .command('gradients')
    .description('compare gradients by the pixels with the reference, or time them')
    .option('--json', 'print one JSON object instead of a table')
    .option('--case <file>', 'compare with this file; may be repeated', collect, [])
    .option('--backend <name>', `run on this backend only: ${BACKENDS.join(', ')}`)
    .option('--speed', 'time gradients beside the forward pass alone instead')
    .option('--model <name>', "with --speed: vit-b-32, lite, nano, or a model's folder", 'vit-b-32')
    .option('--images <count>', 'with --speed: images at a time', wholeNumber, 8)
    .option('--threads <count>', 'with --speed: threads', wholeNumber, 2)
    .option('--rounds <count>', 'with --speed: how often each has its turn', wholeNumber, 7)
    .option('--most <ratio>', 'with --speed: more forward passes than this fail', ratio, 2.6)
    .action(async (options: GradientsOptions) => {
      finish(await (options.speed ? speed : compare)(options, streams));
    });
}

const collect = (value: string, earlier: readonly string[]): readonly string[] => [
  ...earlier,
  value,
];

/** @returns the exit code: 0 when all rows passed, 1 when one failed. */
async function compare(
  { json, case: files, backend }: GradientsOptions,
  { stdout, stderr }: Streams,
): Promise<number> {
  const backends = backend === undefined ? BACKENDS : [oneOf('--backend', BACKENDS, backend)];
  const cases = await Promise.all(
    (files.length === 0 ? REFERENCE_GRADIENTS : files).map(readGradientCases),
  );
  const rows: GradientRow[] = [];
  for (const gradientCase of cases.flat()) {
    for (const name of backends) {
      stderr(`bench: ${gradientCase.model} on ${name}\n`);
      rows.push(await compareGradients(gradientCase, name));
    }
  }
  const passed = rows.every((row) => row.passed);
  stdout(`${json ? JSON.stringify({ rows, passed }) : comparisonTable(rows)}\n`);
  return passed ? 0 : 1;
}

function comparisonTable(rows: readonly GradientRow[]): string {
  const columns = [
    { heading: 'model' },
    { heading: 'backend' },
    { heading: 'relL2', align: 'right' },
    { heading: 'cosineDiff', align: 'right' },
    { heading: 'gate' },
    { heading: '' },
  ] as const;
  const cells = ({ model, backend, relL2, cosineDiff, passed }: GradientRow) => [
    model,
    backend,
    relL2.toExponential(2),
    cosineDiff.toExponential(2),
    `relL2 ≤ ${MOST_REL_L2[backend].toExponential()}`,
    passed ? 'passed' : 'FAILED',
  ];
  return alignedTable(columns, rows.map(cells)).join('\n');
}

/** @returns the exit code: 0 when the claim holds, 1 when it does not. */
async function speed(options: GradientsOptions, { stdout }: Streams): Promise<number> {
  const { model, images, threads, rounds, most } = options;
  const report = await gradientSpeed({ model, images, threads, rounds, most });
  stdout(`${options.json ? JSON.stringify(report) : describeSpeed(report)}\n`);
  return report.passed ? 0 : 1;
}

function describeSpeed(report: GradientSpeed): string {
  const { model, images, threads, forwardMs, gradientMs, forwardMB, gradientMB } = report;
  return [
    `${model}, ${images} images, ${threads} threads, ${report.machine.cpu}`,
    `forward pass alone     ${forwardMs.toFixed(1)} ms, ${forwardMB.toFixed(0)} MB`,
    `forward and backward   ${gradientMs.toFixed(1)} ms, ${gradientMB.toFixed(0)} MB`,
    `ratio                  ${report.ratio.toFixed(2)}`,
    '',
    ...report.claims.map(describeClaim),
  ].join('\n');
}
