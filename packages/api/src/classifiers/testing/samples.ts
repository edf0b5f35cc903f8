import { SPACE, vectorOf } from '../../collections/testing/samples.ts';
import type { NewClassifier, NewExample } from '../classifier.ts';

/** Of three classes: of texts, of its label, and of pictures alone. */
export const sampleClassifier = (name = 'animals'): NewClassifier => ({
  name,
  space: SPACE,
  logitScale: 100,
  templates: ['a photo of a {}.'],
  keepsImages: false,
  classes: [
    { label: 'sheep', texts: ['sheep', 'lamb'], direction: vectorOf(0), isCut: false },
    { label: 'goat', texts: null, direction: vectorOf(1), isCut: true },
    { label: 'none', texts: [], direction: undefined, isCut: false },
  ],
});

/**
 * @param place of its class.
 * @param number tells files and embeddings apart.
 */
export const sampleExample = (place: number, number: number): NewExample => ({
  class: place,
  contentHash: number.toString(16).padStart(64, '0'),
  source: `photos/${number}.jpg`,
  format: 'jpeg',
  embedding: vectorOf(number),
  image: Uint8Array.of(1, 2, number % 256),
});
