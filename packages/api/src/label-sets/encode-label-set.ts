import { fillTemplate } from '@clipql/core';
import { combinePrompts, type EncodedLabels } from '../loaders/label-loader.ts';
import type { ModelSession } from '../loaders/loaders.ts';
import type { LabelSet } from './label-set.ts';
import { type PromptEmbedding, promptKey } from './prompt-embeddings.ts';

/** A prompt, and how long it took to encode it, in milliseconds: 0 for one that was kept. */
type TimedPrompt = PromptEmbedding & { readonly encoding: number };

/** A set's embeddings by one model. */
export interface EncodedLabelSet {
  readonly encoded: EncodedLabels;
  readonly prompts: readonly PromptEmbedding[];
  /** Whether some of the prompts were not kept. */
  readonly isNew: boolean;
}

/**
 * Encodes those of a set's prompts that are not kept.
 *
 * @param kept by `promptKey`.
 * @throws what the loaders throw.
 */
export async function encodeLabelSet(
  { labels, templates }: LabelSet,
  { model, loaders }: ModelSession,
  kept: ReadonlyMap<string, PromptEmbedding>,
): Promise<EncodedLabelSet> {
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
  return {
    encoded: combinePrompts(labels, prompts, model.clip.info.contextLength),
    prompts: all,
    isNew: all.some(({ template, label }) => !kept.has(promptKey(template, label))),
  };
}
