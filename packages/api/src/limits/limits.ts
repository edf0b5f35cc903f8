/** What one operation may ask for; a server's settings say how much. */
export interface Limits {
  /** Labels of one classification. */
  readonly maxLabels: number;
  /** Characters of a label, a template or a text to embed. */
  readonly maxTextLength: number;
  /** Prompts (labels × templates, and texts to embed) of one operation, equal ones each time. */
  readonly maxPrompts: number;
  /** Images of one operation, equal ones counted each time. */
  readonly maxImages: number;
}

/** Unless settings say otherwise. */
export const DEFAULT_LIMITS: Limits = {
  maxLabels: 1_000,
  maxTextLength: 8_192,
  maxPrompts: 7_000,
  maxImages: 64,
};
