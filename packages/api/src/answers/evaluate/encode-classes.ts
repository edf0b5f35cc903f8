import { cutWarning } from '../../loaders/cut-texts.ts';
import { encodePrompts } from '../../loaders/encode-prompts.ts';
import type { ModelSession } from '../../loaders/loaders.ts';
import type { ClassPrompts } from './zero-shot.ts';

/** A class, and what the text tower is told of it. */
export interface EvaluatedClass {
  /** As the folder or the column has it. */
  readonly value: string;
  /** At least one; what it is called in the report comes first. */
  readonly texts: readonly string[];
}

/** What a class is called whose folder or column's value has underscores in place of spaces. */
export const classWords = (value: string): string => value.replaceAll('_', ' ').trim();

export const classOf = (value: string): EvaluatedClass => ({ value, texts: [classWords(value)] });

/** Puts each text of each class into every template. */
export async function encodeClasses(
  { model, loaders }: ModelSession,
  classes: readonly EvaluatedClass[],
  templates: readonly string[],
): Promise<{ readonly prompts: readonly ClassPrompts[]; readonly warnings: readonly string[] }> {
  const encoded = await Promise.all(
    classes.map(({ texts }) => encodePrompts(loaders.text, texts, templates)),
  );
  const cut = classes.flatMap(({ texts }, k) =>
    texts.filter((_, i) => encoded[k]![i]!.some(({ truncated }) => truncated)),
  );
  const { contextLength } = model.clip.info;
  return {
    prompts: encoded.map((texts) =>
      texts.map((prompts) => prompts.map(({ direction }) => direction)),
    ),
    warnings: [...new Set(cut)].map((text) => cutWarning('label', text, contextLength)),
  };
}
