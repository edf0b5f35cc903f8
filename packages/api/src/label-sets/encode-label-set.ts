import { fillTemplate } from '@clipql/core';
import { oneLine } from '../errors.ts';
import { combinePrompts, type EncodedLabels } from '../label-loader.ts';
import type { ModelSession } from '../loaders.ts';
import type { LabelSet } from './label-set.ts';
import type { LabelSetFolder, Warn } from './label-set-folder.ts';
import { type PromptEmbedding, promptKey } from './prompt-embeddings.ts';

/** A prompt, and how long it took to encode it, in milliseconds: 0 for one that was kept. */
type TimedPrompt = PromptEmbedding & { readonly encoding: number };

/**
 * What is kept of a set's prompts by this model is read, the others are encoded, and then all of
 * them are kept.
 *
 * @throws what the loaders throw. A folder that fails is a warning.
 */
export async function encodeLabelSet(
  { name, labels, templates }: LabelSet,
  { model, loaders }: ModelSession,
  modelHash: string,
  folder: LabelSetFolder | undefined,
  warn: Warn,
): Promise<EncodedLabels> {
  const kept = (await folder?.readPrompts(name, modelHash)) ?? new Map<string, PromptEmbedding>();
  const encode = async (template: string, label: string): Promise<TimedPrompt> => {
    const known = kept.get(promptKey(template, label));
    if (known !== undefined) return { ...known, encoding: 0 };
    const { direction, truncated, encoding } = await loaders.text(fillTemplate(template, label));
    return { template, label, direction, truncated, encoding };
  };
  const prompts = await Promise.all(
    labels.map((label) => Promise.all(templates.map((template) => encode(template, label)))),
  );
  const all = prompts.flat();
  if (
    folder !== undefined &&
    all.some(({ template, label }) => !kept.has(promptKey(template, label)))
  ) {
    await folder.writePrompts(name, modelHash, all).catch((error) => {
      warn(`the embeddings of label set ${name} cannot be kept: ${oneLine(String(error))}`);
    });
  }
  return combinePrompts(labels, prompts, model.clip.info.contextLength);
}
