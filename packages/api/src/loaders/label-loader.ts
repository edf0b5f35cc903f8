import { meanDirection } from '@clipql/core';
import { quoted } from '../errors/one-line.ts';
import type { EncodedText } from '../inference/encoded.ts';
import { cutWarning } from './cut-texts.ts';
import { encodePrompts } from './encode-prompts.ts';

/** The labels of one classification, as an image is compared with them. */
export interface EncodedLabels {
  /** One [E] a label, of length 1. */
  readonly embeddings: readonly Float32Array[];
  /** The places of labels that were longer than the model's context, from 0. */
  readonly cut: readonly number[];
  /** One line for each label that was cut, and for each that was given more than once. */
  readonly warnings: readonly string[];
  /** Milliseconds for all texts of the operation. */
  readonly textEncoding: number;
}

/**
 * Puts each label into every template and averages what the text tower makes of them.
 *
 * @param contextLength the most tokens of a prompt.
 */
export async function encodeLabels(
  encodeText: (text: string) => Promise<EncodedText>,
  contextLength: number,
  labels: readonly string[],
  templates: readonly string[],
): Promise<EncodedLabels> {
  const prompts = await encodePrompts(encodeText, labels, templates);
  return combinePrompts(labels, prompts, contextLength);
}

/** What is needed of a prompt: its direction is [E], of length 1, and its encoding took so many ms. */
type Prompt = Pick<EncodedText, 'direction' | 'truncated' | 'encoding'>;

/** @param prompts one list a label, of one a template. */
export function combinePrompts(
  labels: readonly string[],
  prompts: readonly (readonly Prompt[])[],
  contextLength: number,
): EncodedLabels {
  const cut = [...labels.keys()].filter((i) => prompts[i]!.some(({ truncated }) => truncated));
  return {
    embeddings: prompts.map((texts) => meanDirection(texts.map(({ direction }) => direction))),
    cut,
    warnings: [
      ...cut.map((i) => cutWarning('label', labels[i]!, contextLength)),
      ...repeatedOf(labels).map(
        (label) => `label ${quoted(label)} was given more than once, and is scored each time`,
      ),
    ],
    textEncoding: Math.max(...prompts.flat().map(({ encoding }) => encoding)),
  };
}

function repeatedOf(labels: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const label of labels) (seen.has(label) ? repeated : seen).add(label);
  return [...repeated];
}
