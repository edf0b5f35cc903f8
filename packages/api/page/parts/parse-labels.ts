/**
 * The labels of a pasted or typed text: one a line, or with commas between where there is one line.
 *
 * @returns without empty ones and repetitions, in their order.
 */
export function parseLabels(text: string): readonly string[] {
  const lines = text.split(/[\r\n]+/).filter((line) => line.trim() !== '');
  const parts = lines.length > 1 ? lines : text.split(/[,;\t]/);
  return withoutRepeats(parts.map((part) => part.trim()).filter((part) => part !== ''));
}

/** The first of equal ones. */
export const withoutRepeats = (labels: readonly string[]): readonly string[] => [
  ...new Set(labels),
];
