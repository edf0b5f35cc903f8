import { escaped } from '../../html.ts';

/** A plot with two axes of numbers. */
export interface Plot {
  /** What it shows, for those who cannot see it. */
  readonly description: string;
  readonly x: Axis;
  readonly y: Axis;
  /** What is drawn, given where values lie. */
  readonly marks: (at: Places) => string;
}

export interface Axis {
  readonly title: string;
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
}

export interface Places {
  x(value: number): number;
  y(value: number): number;
}

/** About as wide as the text of a phone’s page, so that letters keep their size. */
const SIZE = { width: 340, height: 270 };
const MARGIN = { left: 54, right: 22, top: 12, bottom: 44 };

export function plotSvg({ description, x, y, marks }: Plot): string {
  const right = SIZE.width - MARGIN.right;
  const bottom = SIZE.height - MARGIN.bottom;
  const at: Places = {
    x: (value) => round(MARGIN.left + share(x, value) * (right - MARGIN.left)),
    y: (value) => round(bottom - share(y, value) * (bottom - MARGIN.top)),
  };
  const lines = y.ticks.map(
    (tick) =>
      `<line class="grid" x1="${MARGIN.left}" x2="${right}" y1="${at.y(tick.at)}" y2="${at.y(tick.at)}"/><text x="${MARGIN.left - 7}" y="${at.y(tick.at) + 4}" text-anchor="end">${escaped(tick.text)}</text>`,
  );
  const columns = x.ticks.map(
    (tick) =>
      `<text x="${at.x(tick.at)}" y="${bottom + 17}" text-anchor="middle">${escaped(tick.text)}</text>`,
  );
  return `<svg class="plot" role="img" aria-label="${escaped(description)}" viewBox="0 0 ${SIZE.width} ${SIZE.height}">
${lines.join('')}${columns.join('')}
<line class="axis" x1="${MARGIN.left}" x2="${right}" y1="${bottom}" y2="${bottom}"/>
<text class="title" x="${(MARGIN.left + right) / 2}" y="${SIZE.height - 6}" text-anchor="middle">${escaped(x.title)}</text>
<text class="title" transform="translate(11 ${(MARGIN.top + bottom) / 2}) rotate(-90)" text-anchor="middle">${escaped(y.title)}</text>
${marks(at)}
</svg>`;
}

const round = (value: number): number => Math.round(100 * value) / 100;

const share = ({ from, to }: Axis, value: number): number => (value - from) / (to - from);

/** An axis of shares, from a round one below all values up to 100 %. */
export function shareAxis(title: string, values: readonly number[]): Axis {
  const lowest = values.reduce((a, b) => Math.min(a, b), 1);
  const step = lowest > 0.9 ? 0.02 : lowest > 0.75 ? 0.05 : lowest > 0.5 ? 0.1 : 0.2;
  const from = Math.max(0, Math.floor(lowest / step + 1e-9) * step);
  const count = Math.round((1 - from) / step);
  const ticks = Array.from({ length: count + 1 }, (_, i) => from + i * step);
  return {
    title,
    from,
    to: 1,
    ticks: ticks.map((at) => ({ at, text: `${Math.round(100 * at)} %` })),
  };
}

/** Of values by their places. */
export const pathOf = (points: readonly (readonly [x: number, y: number])[]): string =>
  points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${x} ${y}`).join('');

/** A value with its confidence interval, upright. */
export const whisker = (x: number, low: number, high: number): string =>
  `<path class="whisker" d="M${x} ${low}V${high}M${x - 4} ${low}H${x + 4}M${x - 4} ${high}H${x + 4}"/>`;
