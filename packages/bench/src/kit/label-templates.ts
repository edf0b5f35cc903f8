/** The prompts that lite's and nano's published figures were measured with; their embeddings are averaged. */
export const LABEL_TEMPLATES: readonly string[] = ['a photo of a {}.', '{}', 'a picture of a {}'];
