import { expect, test } from 'vitest';
import { terminalPreview } from './terminal-preview.ts';

const TRUE_COLOUR = { COLORTERM: 'truecolor' };

function terminal(size: { columns?: number; rows?: number; isTTY?: boolean }) {
  const written: string[] = [];
  return {
    isTTY: true,
    columns: 80,
    rows: 24,
    ...size,
    written,
    write: written.push.bind(written),
  };
}

/** Its upper half is red, its lower half blue. */
const IMAGE = {
  ...({ width: 64, height: 64, channels: 3 } as const),
  data: Uint8Array.from({ length: 3 * 64 * 64 }, (_, i) => {
    const channel = i < (3 * 64 * 64) / 2 ? 0 : 2;
    return i % 3 === channel ? 200 : 0;
  }),
};

test('a preview has two pixels in a cell, fits the terminal, and the next one takes its place', () => {
  const stream = terminal({ columns: 40, rows: 24 });
  const preview = terminalPreview(stream, TRUE_COLOUR)!;
  preview.show(IMAGE);
  preview.show(IMAGE);
  const [first, second] = stream.written;
  const lines = first!.trimEnd().split('\n');
  expect(lines).toHaveLength(19);
  for (const line of lines) expect(line.match(/▀/g)).toHaveLength(38);
  expect(lines[0]).toContain('\x1b[38;2;200;0;0m\x1b[48;2;200;0;0m▀');
  expect(lines[9]).toContain('\x1b[38;2;200;0;0m\x1b[48;2;0;0;200m▀');
  expect(lines[18]).toContain('\x1b[38;2;0;0;200m\x1b[48;2;0;0;200m▀');
  expect(second).toBe(first!.replace('\r', '\r\x1b[19A'));
});

test.each([
  { what: 'a file', size: { isTTY: false }, env: TRUE_COLOUR },
  { what: 'a terminal of 256 colours', size: {}, env: { COLORTERM: '' } },
  { what: 'a terminal without colours', size: {}, env: { ...TRUE_COLOUR, NO_COLOR: '1' } },
  { what: 'a terminal of few lines', size: { rows: 8 }, env: TRUE_COLOUR },
])('$what gets none', ({ size, env }) => {
  expect(terminalPreview(terminal(size), env)).toBeUndefined();
});
