import DataLoader from 'dataloader';
import type { Caller } from '../inference/caller.ts';
import type { EncodedText } from '../inference/encoded.ts';
import type { Inference } from '../inference/inference.ts';
import type { Limits } from '../limits/limits.ts';
import { checkPrompts } from '../limits/texts.ts';

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
