import DataLoader from 'dataloader';
import type { Caller } from './inference/caller.ts';
import type { Inference } from './inference/inference.ts';
import { checkPrompts, type Limits } from './limits.ts';

export interface EncodedText {
  /** Start and end tokens included. */
  readonly tokens: number;
  /** Whether the text was longer than the model's context, and was cut. */
  readonly truncated: boolean;
  /** [E], as the model gives it. */
  readonly embedding: Float32Array;
  /** [E], of length 1. */
  readonly direction: Float32Array;
  /** Milliseconds of the forward pass that the text was in; 0 where it was known already. */
  readonly encoding: number;
}

/**
 * Makes the texts of one operation, prompts among them: equal ones are encoded once, and all of
 * them are handed over together.
 */
export function createTextLoader(
  { texts }: Inference,
  limits: Limits,
  caller: Caller,
): (text: string) => Promise<EncodedText> {
  let prompts = 0;
  let characters = 0;
  const loader = new DataLoader<string, EncodedText>(async (batch) => {
    prompts += batch.length;
    characters += batch.reduce((sum, text) => sum + text.length, 0);
    checkPrompts({ prompts, characters }, limits);
    return texts.encode(batch, caller);
  });
  return (text) => loader.load(text);
}
