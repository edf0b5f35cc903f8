import { homedir } from 'node:os';
import { type CachedModel, cachedModel, hubSettings } from '@clipql/core/node';
import type { Command } from 'commander';
import { type ZooModel, zoo } from '../models/zoo.ts';
import { megabytes } from './download-progress.ts';

const EXAMPLES = `
Examples:
  $ clipql models
  $ clipql models --json`;

/** `clipql models` */
export function addModels(program: Command): void {
  program
    .command('models')
    .description('List published models, and which of them are on disk.')
    .option('--json', 'write one JSON array')
    .addHelpText('after', EXAMPLES)
    .action(listModels);
}

interface Listed extends ZooModel {
  readonly cached: CachedModel | undefined;
}

async function listModels({ json }: { readonly json?: true }): Promise<void> {
  const settings = hubSettings(process.env, homedir());
  const listed = await Promise.all(
    zoo().map(async (model): Promise<Listed> => {
      const { id, revision } = model;
      return { ...model, cached: await cachedModel({ kind: 'hub', id, revision }, settings) };
    }),
  );
  if (json) {
    process.stdout.write(`${JSON.stringify(listed.map(toJson), null, 2)}\n`);
    return;
  }
  process.stdout.write(table([HEADINGS, ...listed.map(cells)]));
  process.stderr.write(
    `clipql: the cache is ${settings.cache}; download with clipql pull ID or serve --model ID\n`,
  );
}

function toJson({ cached, ...model }: Listed) {
  return {
    ...model,
    onDisk: cached === undefined ? null : { folder: cached.folder, bytes: cached.bytes },
  };
}

const HEADINGS = ['model', 'dimensions', 'pixels', 'ImageNet', 'download', 'licence', 'on disk'];

function cells({ id, dimensions, resolution, imagenet, bytes, licence, cached }: Listed): string[] {
  return [
    id,
    String(dimensions),
    String(resolution),
    imagenet === undefined ? '?' : `${imagenet.top1.toFixed(1)} %`,
    bytes === undefined ? '?' : megabytes(bytes),
    licence ?? '?',
    cached === undefined ? '-' : megabytes(cached.bytes),
  ];
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) => row.map((cell, i) => cell.padEnd(widths[i]!)).join('  '));
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}
