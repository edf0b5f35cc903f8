import { createHash } from 'node:crypto';
import { z } from 'zod';

/** What the text tower made of a label in a template. */
export interface PromptEmbedding {
  readonly template: string;
  readonly label: string;
  /** Whether it was longer than the model's context, and was cut. */
  readonly truncated: boolean;
  /** [E], of length 1. */
  readonly direction: Float32Array;
}

/** Template and label first: no two pairs have the same key. */
export const promptKey = (template: string, label: string): string =>
  JSON.stringify([template, label]);

const headerSchema = z.object({
  version: z.literal(1),
  model: z.string(),
  dimensions: z.int().min(1),
  prompts: z.array(z.object({ template: z.string(), label: z.string(), truncated: z.boolean() })),
});

const CHECKSUM_BYTES = 32;
const LINE_END = 0x0a;

/**
 * A file of embeddings: a line of JSON that names model and prompts, their values in their order as
 * little-endian float32, and SHA-256 of all that.
 */
export function encodePromptFile(model: string, prompts: readonly PromptEmbedding[]): Buffer {
  const dimensions = prompts[0]?.direction.length ?? 0;
  const names = prompts.map(({ template, label, truncated }) => ({ template, label, truncated }));
  const header = Buffer.from(
    `${JSON.stringify({ version: 1, model, dimensions, prompts: names })}\n`,
  );
  const values = Buffer.alloc(4 * dimensions * prompts.length);
  for (const [p, { direction }] of prompts.entries()) {
    for (const [i, value] of direction.entries())
      values.writeFloatLE(value, 4 * (p * dimensions + i));
  }
  const content = Buffer.concat([header, values]);
  return Buffer.concat([content, checksum(content)]);
}

/**
 * @returns the prompts by {@link promptKey}; undefined for a file that is damaged, or another
 *   model's.
 */
export function decodePromptFile(
  file: Buffer,
  model: string,
): ReadonlyMap<string, PromptEmbedding> | undefined {
  const content = file.subarray(0, Math.max(0, file.length - CHECKSUM_BYTES));
  if (!checksum(content).equals(file.subarray(content.length))) return undefined;
  const end = content.indexOf(LINE_END);
  const { data: header } = headerSchema.safeParse(parseJson(content.toString('utf8', 0, end)));
  if (header === undefined || header.model !== model) return undefined;
  if (content.length !== end + 1 + 4 * header.dimensions * header.prompts.length) return undefined;
  const { dimensions, prompts } = header;
  const directionAt = (p: number) =>
    Float32Array.from({ length: dimensions }, (_, i) =>
      content.readFloatLE(end + 1 + 4 * (p * dimensions + i)),
    );
  return new Map(
    prompts.map((prompt, p) => [
      promptKey(prompt.template, prompt.label),
      { ...prompt, direction: directionAt(p) },
    ]),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const checksum = (content: Uint8Array): Buffer => createHash('sha256').update(content).digest();
