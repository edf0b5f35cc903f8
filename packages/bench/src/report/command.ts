import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Command } from 'commander';
import { REPOSITORY } from '../kit/folders.ts';
import type { Streams } from '../kit/streams.ts';
import { reportPage } from './page.ts';
import { readResults } from './read-results.ts';

const DEFAULT_PAGE = join(REPOSITORY, 'docs', 'benchmarks.md');

/** Adds `bench report`. */
export function addReportCommand(program: Command, streams: Streams): void {
  program
    .command('report')
    .description('write a page with tables and charts from what other commands printed as JSON')
    .argument('<folders...>', 'folders with the JSON files')
    .option('--out <file>', 'the page; its charts go into a folder beside it', DEFAULT_PAGE)
    .option('--title <text>', "the page's heading", 'Benchmarks')
    .action((folders: readonly string[], { out, title }: { out: string; title: string }) =>
      report(folders, out, title, streams),
    );
}

async function report(
  folders: readonly string[],
  out: string,
  title: string,
  { stdout }: Streams,
): Promise<void> {
  const chartFolder = basename(out, '.md');
  const { markdown, charts } = reportPage(await readResults(folders), title, chartFolder);
  await mkdir(charts.size > 0 ? join(dirname(out), chartFolder) : dirname(out), {
    recursive: true,
  });
  await writeFile(out, markdown);
  for (const [file, svg] of charts) await writeFile(join(dirname(out), chartFolder, file), svg);
  stdout(`${out}, ${charts.size} charts\n`);
}
