import type { RgbImage } from '@clipql/core';
import type { ProgressStream } from '../progress.ts';

/** Pixels a side at most, of which a line of the terminal shows two rows. */
const MOST_SIDE = 48;
/** Where less fits, nothing can be seen. */
const LEAST_SIDE = 16;
/** What the terminal keeps for the progress bar and the prompt. */
const OTHER_LINES = 3;
/** The upper half of a cell in the colour of the text, the lower one in that of the background. */
const UPPER_HALF = '▀';
const RESET = '\x1b[0m';

/** What a preview is written to. */
export interface PreviewStream extends ProgressStream {
  readonly rows?: number | undefined;
}

/** Shows what a picture is becoming, above the line of the cursor. */
export interface TerminalPreview {
  /** In place of the one before. */
  show(image: RgbImage): void;
}

/** @returns undefined for what is no terminal, is too small, or does not say that it has 24-bit colours. */
export function terminalPreview(
  stream: PreviewStream,
  env: Readonly<Record<string, string | undefined>>,
): TerminalPreview | undefined {
  const hasColours = env.COLORTERM === 'truecolor' || env.COLORTERM === '24bit';
  if (!stream.isTTY || !hasColours || env.NO_COLOR) return undefined;
  const room = Math.min((stream.columns || 80) - 1, 2 * ((stream.rows || 24) - OTHER_LINES));
  const side = 2 * Math.floor(Math.min(MOST_SIDE, room) / 2);
  if (side < LEAST_SIDE) return undefined;
  let lines = 0;
  return {
    show: (image) => {
      const drawn = halfBlocks(image, side);
      const up = lines > 0 ? `\x1b[${lines}A` : '';
      lines = drawn.length;
      stream.write(`\r${up}${drawn.map((line) => `\x1b[K${line}${RESET}\n`).join('')}`);
    },
  };
}

/** A square image of 3 channels as lines of half blocks, side by side. */
function halfBlocks({ width, data }: RgbImage, side: number): readonly string[] {
  const colour = (row: number, column: number) => meanColour(data, width, side, row, column);
  return Array.from({ length: side / 2 }, (_, line) =>
    Array.from({ length: side }, (_, column) => {
      const [upper, lower] = [colour(2 * line, column), colour(2 * line + 1, column)];
      return `\x1b[38;2;${upper}m\x1b[48;2;${lower}m${UPPER_HALF}`;
    }).join(''),
  );
}

/** `R;G;B` of one of side × side boxes. */
function meanColour(
  data: Uint8Array,
  width: number,
  side: number,
  row: number,
  column: number,
): string {
  const edge = (box: number) => Math.floor((box * width) / side);
  const sums = [0, 0, 0];
  let count = 0;
  for (let y = edge(row); y < Math.max(edge(row) + 1, edge(row + 1)); y++) {
    for (let x = edge(column); x < Math.max(edge(column) + 1, edge(column + 1)); x++) {
      for (let channel = 0; channel < 3; channel++)
        sums[channel]! += data[(y * width + x) * 3 + channel]!;
      count += 1;
    }
  }
  return sums.map((sum) => Math.round(sum / count)).join(';');
}
