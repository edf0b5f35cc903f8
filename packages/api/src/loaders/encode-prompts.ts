import { fillTemplate } from '@clipql/core';
import type { EncodedText } from '../inference/encoded.ts';

/** Puts each text into every template. @returns [texts][templates] */
export const encodePrompts = (
  encodeText: (text: string) => Promise<EncodedText>,
  texts: readonly string[],
  templates: readonly string[],
): Promise<readonly (readonly EncodedText[])[]> =>
  Promise.all(
    texts.map((text) =>
      Promise.all(templates.map((template) => encodeText(fillTemplate(template, text)))),
    ),
  );
