import type { Command } from 'commander';
import { describeMachine } from '../kit/machine.ts';
import { alignedTable } from '../kit/reports/aligned-table.ts';
import { describeClaim } from '../kit/reports/probe-table.ts';
import type { Streams } from '../kit/streams.ts';
import { runPublished } from './run-published.ts';

interface PublishedOptions {
  readonly json?: true;
  readonly python: string;
}

/** Adds `bench published`. */
export function addPublishedCommand(
  program: Command,
  streams: Streams,
  finish: (exitCode: number) => void,
): void {
  program
    .command('published')
    .description(
      'pull, load and ask ViT-B/32 at its full size, as safetensors and as PyTorch saves it',
    )
    .option('--json', 'print one JSON object instead of a table')
    .option('--python <command>', 'a Python with PyTorch', '/usr/bin/python3')
    .action(async (options: PublishedOptions) => finish(await published(options, streams)));
}

/** @returns the exit code: 1 where something does not hold. */
async function published(
  { json, python }: PublishedOptions,
  { stdout, stderr }: Streams,
): Promise<number> {
  const machine = describeMachine();
  const { rows, claims } = await runPublished(python, (line) => stderr(`bench: ${line}\n`));
  const passed = claims.every((claim) => claim.passed);
  if (json) {
    stdout(`${JSON.stringify({ machine, rows, claims, passed })}\n`);
    return passed ? 0 : 1;
  }
  const headings = Object.keys(rows[0]!);
  const cells = rows.map((row) => Object.values(row).map(String));
  const lines = [
    `published: ViT-B/32 on ${machine.cpu}`,
    '',
    ...alignedTable(
      headings.map((heading) => ({ heading })),
      cells,
    ),
    '',
    ...claims.map(describeClaim),
  ];
  stdout(`${lines.join('\n')}\n`);
  return passed ? 0 : 1;
}
