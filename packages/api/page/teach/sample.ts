import { changeOperation } from '../server/change.ts';
import type { Operation } from '../server/operation.ts';

const pictures = (...files: readonly string[]) =>
  files.map((file) => ({ url: `/examples/${file}.jpg` }));

/** A classifier of the server’s own pictures, and one that it is not shown. */
export const SAMPLE = {
  name: 'sample',
  classes: [
    {
      label: 'nature',
      texts: ['landscape', 'flower', 'animals'],
      images: pictures('black-canyon', 'allium-oreophilum', 'march-pastoral'),
    },
    {
      label: 'made by people',
      texts: ['house', 'boat', 'airplane'],
      images: pictures('dust-bowl-home', 'nagasaki-boats', 'airplane-from-above'),
    },
  ],
  image: '/examples/french-alpine-landscape.jpg',
} as const;

export const sampleOperation = (): Operation =>
  changeOperation(
    'createClassifier',
    'CreateClassifierInput',
    { name: SAMPLE.name, classes: SAMPLE.classes, keepImages: true },
    'classifier { name }',
  );
