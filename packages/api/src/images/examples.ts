/** A picture that the server itself serves, so that a first query needs nothing else. */
export interface Example {
  /** In `packages/api/examples`, and under `/examples/`. */
  readonly file: string;
  readonly shows: string;
  readonly photographer: string;
  readonly year: number;
}

/** Labels to try with any of the examples: what each of them shows, in no order. */
export const EXAMPLE_LABELS: readonly string[] = [
  'airplane',
  'flower',
  'canyon',
  'house',
  'mountain',
  'sheep',
  'boat',
];

/** The one to begin with: the embedded model is right about it, as it is not about all of them. */
export const FIRST_EXAMPLE: Example = {
  file: 'french-alpine-landscape.jpg',
  shows: 'snowy mountains behind fir trees',
  photographer: 'Adolphe Braun',
  year: 1870,
};

/** Seven photographs in the public domain; packages/api/examples/README.md says more. */
export const EXAMPLES: readonly Example[] = [
  FIRST_EXAMPLE,
  {
    file: 'march-pastoral.jpg',
    shows: 'sheep and lambs on a meadow',
    photographer: 'Peter Henry Emerson',
    year: 1888,
  },
  {
    file: 'black-canyon.jpg',
    shows: 'a boat on a river between the walls of a canyon',
    photographer: 'Timothy H. O’Sullivan',
    year: 1871,
  },
  {
    file: 'nagasaki-boats.jpg',
    shows: 'boats in a harbour',
    photographer: 'Felice Beato',
    year: 1865,
  },
  {
    file: 'dust-bowl-home.jpg',
    shows: 'an abandoned house on a bare plain',
    photographer: 'Dorothea Lange',
    year: 1940,
  },
  {
    file: 'airplane-from-above.jpg',
    shows: 'an airplane in flight, seen from above',
    photographer: 'Fédèle Azari',
    year: 1929,
  },
  {
    file: 'allium-oreophilum.jpg',
    shows: 'the flower head of an allium',
    photographer: 'Karl Blossfeldt',
    year: 1928,
  },
];
