import { fillTemplate, meanDirection } from '@clipql/core';
import type { NewClass } from '../../classifiers/classifier.ts';
import type { Limits } from '../../limits/limits.ts';
import { checkLabels, checkPrompts, type PromptCount } from '../../limits/texts.ts';
import { cutWarning } from '../../loaders/cut-texts.ts';
import { encodePrompts } from '../../loaders/encode-prompts.ts';
import type { ModelSession } from '../../loaders/loaders.ts';

/** A class by its texts. */
export interface DescribedClass {
  readonly label: string;
  /** Null for the label itself; none for a class of pictures alone. */
  readonly texts: readonly string[] | null;
}

const textsOf = ({ label, texts }: DescribedClass): readonly string[] => texts ?? [label];

/**
 * What the classes' prompts cost.
 *
 * @throws ApiError BAD_INPUT and TOO_MANY_PROMPTS, before any work is done for them.
 */
export function countClassPrompts(
  classes: readonly DescribedClass[],
  templates: readonly string[],
  limits: Limits,
): PromptCount {
  let prompts = 0;
  let characters = 0;
  for (const texts of classes.map(textsOf)) {
    if (texts.length > 0) checkLabels(texts, templates, limits);
    prompts += texts.length * templates.length;
    checkPrompts({ prompts, characters }, limits);
    for (const template of templates) {
      for (const text of texts) characters += fillTemplate(template, text).length;
    }
  }
  checkPrompts({ prompts, characters }, limits);
  return { prompts, characters };
}

/**
 * Puts each class's texts into every template, and averages what the text tower makes of them all.
 *
 * @throws what the loaders throw.
 */
export async function encodeClasses(
  { model, loaders }: ModelSession,
  classes: readonly DescribedClass[],
  templates: readonly string[],
): Promise<{ readonly classes: readonly NewClass[]; readonly warnings: readonly string[] }> {
  const { contextLength } = model.clip.info;
  const encoded = await Promise.all(
    classes.map(async (given) => {
      const texts = textsOf(given);
      const prompts = await encodePrompts(loaders.text, texts, templates);
      const cut = texts.filter((_, i) => prompts[i]!.some(({ truncated }) => truncated));
      const directions = prompts.flat().map(({ direction }) => direction);
      const direction = directions.length === 0 ? undefined : meanDirection(directions);
      return { ...given, direction, cut };
    }),
  );
  return {
    classes: encoded.map(({ label, texts, direction, cut }) => ({
      ...{ label, texts, direction },
      isCut: cut.length > 0,
    })),
    warnings: encoded.flatMap(({ cut }) =>
      cut.map((text) => cutWarning('text', text, contextLength)),
    ),
  };
}
