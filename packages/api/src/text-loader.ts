import { type Clip, normalized, type TokenizedText } from '@clipql/core';
import DataLoader from 'dataloader';
import { checkPrompts } from './limits.ts';

export interface EncodedText {
  /** Start and end tokens included. */
  readonly tokens: number;
  /** Whether the text was longer than the model's context, and was cut. */
  readonly truncated: boolean;
  /** [E], as the model gives it. */
  readonly embedding: Float32Array;
  /** [E], of length 1. */
  readonly direction: Float32Array;
  /** Milliseconds that tokenizing and encoding took, for the batch that the text was in. */
  readonly encoding: number;
}

/**
 * Makes the texts of one operation, prompts among them: equal ones are encoded once, and all of
 * them go to the model in one call.
 */
export function createTextLoader(clip: Clip): (text: string) => Promise<EncodedText> {
  const prompts: string[] = [];
  const loader = new DataLoader<string, EncodedText>(async (texts) => {
    for (const text of texts) prompts.push(text);
    checkPrompts(prompts);
    return encodeTexts(clip, texts);
  });
  return (text) => loader.load(text);
}

async function encodeTexts(clip: Clip, texts: readonly string[]): Promise<EncodedText[]> {
  const start = performance.now();
  const tokenized: TokenizedText[] = texts.map((text) => clip.tokenize(text));
  const embeddings = await clip.encodeTexts(tokenized, { normalize: false });
  const encoding = performance.now() - start;
  return embeddings.map((embedding, i) => ({
    tokens: tokenized[i]!.ids.length,
    truncated: tokenized[i]!.truncated,
    embedding,
    direction: normalized(embedding),
    encoding,
  }));
}
