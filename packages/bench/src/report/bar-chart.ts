/** A bar chart as an SVG file's text: plain shapes, readable on a light and on a dark page. */

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** Bars of one group have one colour. */
  readonly group: string;
}

export interface BarChart {
  readonly title: string;
  readonly unit: string;
  readonly bars: readonly Bar[];
}

const WIDTH = 720;
const LABEL_WIDTH = 260;
const VALUE_WIDTH = 100;
const BAR_HEIGHT = 18;
const ROW_HEIGHT = 26;
const TOP = 44;
/** Told apart by most who see few colours, too. */
const COLOURS = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#7f7f7f'];

export function barChart({ title, unit, bars }: BarChart): string {
  const largest = Math.max(...bars.map(({ value }) => value), Number.MIN_VALUE);
  const groups = [...new Set(bars.map(({ group }) => group))];
  const colour = (group: string) => COLOURS[groups.indexOf(group) % COLOURS.length]!;
  const height = TOP + bars.length * ROW_HEIGHT + 10;
  const rows = bars.flatMap(({ label, value, group }, i) => {
    const y = TOP + i * ROW_HEIGHT;
    const length = ((WIDTH - LABEL_WIDTH - VALUE_WIDTH) * value) / largest;
    const middle = y + BAR_HEIGHT / 2 + 5;
    return [
      text(LABEL_WIDTH - 8, middle, label, 'end'),
      `<rect x="${LABEL_WIDTH}" y="${y}" width="${length.toFixed(1)}" height="${BAR_HEIGHT}" fill="${colour(group)}"/>`,
      text(LABEL_WIDTH + length + 8, middle, `${shortNumber(value)} ${unit}`, 'start'),
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" font-family="sans-serif" font-size="14" fill="#808080">`,
    `<title>${escapeXml(title)}</title>`,
    `<text x="8" y="24" font-size="16">${escapeXml(title)}</text>`,
    ...rows,
    '</svg>',
    '',
  ].join('\n');
}

const text = (x: number, y: number, content: string, anchor: 'start' | 'end'): string =>
  `<text x="${x.toFixed(1)}" y="${y}" text-anchor="${anchor}">${escapeXml(content)}</text>`;

/** Three digits. */
const shortNumber = (value: number): string => String(Number(value.toPrecision(3)));

const escapeXml = (content: string): string =>
  content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
