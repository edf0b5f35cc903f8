import type { AccuracyReport } from '../kit/reports/accuracy-report.ts';
import { cellText } from '../kit/reports/cell-text.ts';
import type { ProbeReport } from '../kit/reports/claims.ts';
import { markdownTable } from '../kit/reports/markdown-table.ts';
import type { SpeedReport, SpeedRow } from '../kit/reports/speed-report.ts';
import { round } from '../kit/timing/statistics.ts';
import { type Bar, barChart } from './bar-chart.ts';
import { machineLines } from './machine-lines.ts';
import { photographsSection } from './photographs-section.ts';
import type { Results } from './read-results.ts';

/** A page and its charts, by file name. */
export interface Page {
  readonly markdown: string;
  readonly charts: ReadonlyMap<string, string>;
}

/** @param chartFolder where the page finds its charts. */
export function reportPage(results: Results, title: string, chartFolder: string): Page {
  const { speed, accuracy, photographs, probes } = results;
  const charts = new Map<string, string>();
  const lines = [
    `# ${title}`,
    '',
    'Written by `pnpm --silent bench report` from what the other commands of `bench` printed as JSON; not to',
    'be edited. CONTRIBUTING.md names the commands.',
    ...speed.flatMap((report, i) => speedSection(report, `speed-${i + 1}`, chartFolder, charts)),
    ...accuracy.flatMap(accuracySection),
    ...photographs.flatMap(photographsSection),
    ...probes.flatMap(probeSection),
  ];
  return { markdown: `${lines.join('\n')}\n`, charts };
}

function speedSection(
  report: SpeedReport,
  name: string,
  chartFolder: string,
  charts: Map<string, string>,
): string[] {
  const { model, versions, peaks, rows, rounds, unavailable } = report;
  const peers = Object.entries(versions).map(([engine, version]) => `${engine} ${version}`);
  const drawn = chartGroups(rows).map(({ title, bars }, i) => {
    const file = `${name}-${i + 1}.svg`;
    charts.set(file, barChart({ title, unit: 'ms', bars }));
    return `![${title}](${chartFolder}/${file})`;
  });
  return [
    ...['', `## Speed of ${model}`, '', ...machineLines(report.machine)],
    `- ${peers.join(', ')}; ${rounds} rounds`,
    `- measured peak of a core in WebAssembly: ${peakText(peaks.f32)} in f32, ${peakText(peaks.int8)} in int8`,
    ...unavailable.map(({ engine, reason }) => `- not measured: ${engine}: ${reason}`),
    ...drawn.flatMap((chart) => ['', chart]),
    '',
    ...markdownTable(
      [
        'engine',
        'precision',
        'tower',
        'batch',
        'tokens',
        'threads',
        'ms an item',
        'Gop/s',
        '% of peak',
      ],
      rows.map((row) => [
        `${row.engine} (${row.backend})`,
        row.precision,
        row.tower,
        row.batch,
        row.executedTokens,
        row.threads,
        row.perItemMs,
        row.gflops,
        row.ofPeak === null ? null : Math.round(100 * row.ofPeak),
      ]),
    ),
    '',
    'Every engine ran in a process of its own, in turns, on the same weights, after it had given the same',
    'embeddings. Only ratios within one table say something about another machine.',
    '',
    'A multiplication and an addition count as two operations, and only those that the engine executes',
    'count. The peak is that of 128-bit vectors; native code has wider ones. `tokens` are those that',
    'went through the tower: ClipQL does not pad texts, its peers are given them padded to the longest',
    'text, onnxruntime-node also padded to the whole context.',
  ];
}

/** One chart for each tower and batch, with the most threads. */
function chartGroups(rows: readonly SpeedRow[]): { title: string; bars: Bar[] }[] {
  const threads = Math.max(...rows.map((row) => row.threads));
  const groups = new Map<string, SpeedRow[]>();
  for (const row of rows) {
    if (row.threads !== threads) continue;
    const key = `${row.tower} tower, batch ${row.batch}, ${threads} threads: ms an item`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups].map(([title, group]) => ({
    title,
    bars: group.map((row) => ({
      label: `${row.engine} ${row.precision}${padding(row)}`,
      value: row.perItemMs,
      group: row.engine,
    })),
  }));
}

const padding = ({ tower, executedTokens, realTokens, batch }: SpeedRow): string =>
  tower === 'text' && executedTokens > realTokens ? `, padded to ${executedTokens / batch}` : '';

function accuracySection({ machine, model, rows }: AccuracyReport): string[] {
  return [
    ...['', `## Zero-shot accuracy of ${model}`, '', ...machineLines(machine), ''],
    ...markdownTable(
      ['set', 'labels', 'images', 'precision', 'top-1 %', 'top-5 %', 'lost points'],
      rows.map((row) => [
        row.set,
        row.labels,
        row.images,
        row.precision,
        round(100 * row.top1),
        round(100 * row.top5),
        Number(row.lostPoints.toFixed(2)),
      ]),
    ),
  ];
}

function probeSection({ probe, machine, model, rows, claims }: ProbeReport): string[] {
  const headings = Object.keys(rows[0] ?? {});
  const found = claims.map(
    ({ claim, measured, limit, least, passed }) =>
      `- ${claim}: **${cellText(round(measured))}**, at ${least ? 'least' : 'most'} ${cellText(limit)}: ${passed ? 'holds' : 'does not hold'}`,
  );
  return [
    ...['', `## \`bench ${probe}\`, ${model}`, '', ...machineLines(machine), ...found, ''],
    ...markdownTable(
      headings,
      rows.map((row) => headings.map((heading) => row[heading]!)),
    ),
  ];
}

const peakText = (peak: number | undefined): string =>
  peak === undefined ? 'unknown' : `${Math.round(peak)} Gop/s`;
