/**
 * Everyday subjects, each among the nouns that lite and nano learned from photographs. The recipe of pictures was found
 * with others, and with other seeds.
 */
export const PROMPTS: readonly string[] = [
  'an airplane',
  'a bird',
  'a bridge',
  'a bus',
  'a butterfly',
  'a car',
  'a cat',
  'a dog',
  'a fish',
  'a forest',
  'a frog',
  'a horse',
  'a mountain',
  'a mushroom',
  'an orange',
  'a penguin',
  'a pizza',
  'a ship',
  'a street',
  'a sunflower',
];

/** A prompt without its article, as a label. */
export const nounOf = (prompt: string): string => prompt.replace(/^an? /, '');
