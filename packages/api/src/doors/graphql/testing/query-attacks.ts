import {
  type Attack,
  CLASSIFY,
  CLASSIFY_MANY,
  invalid,
  nested,
  SHEEP,
  times,
  tooLarge,
  unparsed,
} from './attack.ts';

/** Queries that are too deep, too wide or too dear. */
export const QUERY_ATTACKS: readonly Attack[] = [
  // Depth
  {
    what: 'inline fragments within each other',
    query: `{ ${nested(40, '... { ', 'models { name }', ' }')} }`,
    code: tooLarge,
  },
  {
    what: 'inline fragments down to the end of the stack',
    query: `{ ${nested(9_000, '... { ', 'models { name }', ' }')} }`,
    code: unparsed,
  },
  {
    what: 'fields within fields that do not exist',
    query: `{ ${nested(40, 'a { ', 'b', ' }')} }`,
    code: tooLarge,
  },
  {
    what: 'a chain of 150 fragments',
    query: `{ ...F0 } ${times(150, (i) => `fragment F${i} on Query { ...F${i + 1} }`).join(' ')} fragment F150 on Query { models { name } }`,
    code: tooLarge,
  },
  {
    what: 'depth hidden in fragments',
    query: `{ ...A } fragment A on Query { ${nested(12, '... { ', '...B', ' }')} } fragment B on Query { ${nested(12, '... { ', 'models { name }', ' }')} }`,
    code: tooLarge,
  },
  {
    what: 'a fragment that spreads itself',
    query: '{ ...A } fragment A on Query { models { name } ...A }',
    code: invalid,
  },
  {
    what: 'fragments that spread each other',
    query: '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A models { name } }',
    code: invalid,
  },
  {
    what: 'the schema asked for in circles',
    query: `{ __schema { types { ${nested(5, 'fields { type { ', 'name', ' } }')} } } }`,
    code: invalid,
  },
  // Width
  {
    what: '1,000 aliases of a cheap field',
    query: `{ ${times(1_000, (i) => `a${i}: models { name }`).join(' ')} }`,
    code: tooLarge,
  },
  {
    what: '1,000 aliases of a classification',
    query: `{ ${times(1_000, (i) => `a${i}: ${CLASSIFY}`).join(' ')} }`,
    code: tooLarge,
  },
  {
    what: '65 aliases of an image',
    query: `{ ${times(65, (i) => `a${i}: embedImage(imageUrl: "${SHEEP}") { dimensions }`).join(' ')} }`,
    code: 'TOO_MANY_IMAGES',
  },
  {
    what: '65 images behind fragments',
    query: `{ ...A ... on Query { ...B } }
      fragment A on Query { ${times(33, (i) => `a${i}: embedImage(imageUrl: "${SHEEP}") { dimensions }`).join(' ')} }
      fragment B on Query { ${times(32, (i) => `b${i}: ${CLASSIFY}`).join(' ')} }`,
    code: 'TOO_MANY_IMAGES',
  },
  {
    what: 'aliases that double in every fragment',
    query: `{ ...F0 } ${times(30, (i) => `fragment F${i} on Query { a${i}: models { name } ...F${i + 1} ... { ...F${i + 1} } }`).join(' ')} fragment F30 on Query { z: models { name } }`,
    code: tooLarge,
  },
  {
    what: '10,000 times the same field',
    query: `{ ${'models { name } '.repeat(10_000)} }`,
    code: tooLarge,
  },
  {
    what: '20,000 fields that would have to be compared with each other',
    query: `{ models { ${'name '.repeat(20_000)} } }`,
    code: tooLarge,
  },
  {
    what: '1,000 directives on a field',
    query: `{ models ${'@include(if: true) '.repeat(1_000)} { name } }`,
    code: tooLarge,
  },
  {
    what: '1,000 operations in a document',
    body: JSON.stringify({
      query: times(1_000, (i) => `query Q${i} { models { name } }`).join(' '),
      operationName: 'Q0',
    }),
    code: tooLarge,
  },
  {
    what: '1,000 fragments that nothing uses',
    query: `{ models { name } } ${times(1_000, (i) => `fragment F${i} on Model { name }`).join(' ')}`,
    code: tooLarge,
  },
  {
    what: 'more comments than tokens',
    query: `{ ${'#\n'.repeat(50_001)} models { name } }`,
    code: unparsed,
  },
  { what: 'more tokens than allowed', query: `{ ${'a '.repeat(50_001)} }`, code: unparsed },
  {
    what: 'a document of more than a megabyte, in one name',
    query: `{ ${'x'.repeat(1024 * 1024)} }`,
    code: tooLarge,
  },
  {
    what: 'a text of more lines than tokens are allowed',
    query: `{ classify(imageUrl: """${'\n'.repeat(50_001)}""", labels: ["a"]) { label } }`,
    code: unparsed,
  },
  {
    what: 'a list nested 60,000 times',
    query: `{ classify(labels: ${'['.repeat(60_000)}) }`,
    code: unparsed,
  },
  {
    what: 'a list nested 1,000 times',
    query: `{ classify(imageUrl: "${SHEEP}", labels: ${nested(1_000, '[', '"a"', ']')}) { label } }`,
    code: invalid,
  },
  // Cost, in variables
  {
    what: '65 images in a variable',
    query: CLASSIFY_MANY,
    variables: { images: times(65, () => ({ url: SHEEP })), labels: ['a'] },
    code: 'TOO_MANY_IMAGES',
  },
  {
    what: '40 images in a variable, used twice',
    query: `query ($images: [ImageInput!]!) {
      a: classifyMany(images: $images, labels: ["a"]) { __typename }
      b: classifyMany(images: $images, labels: ["b"]) { __typename }
    }`,
    variables: { images: times(40, () => ({ url: SHEEP })) },
    code: 'TOO_MANY_IMAGES',
  },
  {
    what: '65 images among what is to be embedded',
    query: 'query ($inputs: [EmbeddingInput!]!) { embed(inputs: $inputs) { __typename } }',
    variables: { inputs: times(65, () => ({ image: { url: SHEEP } })) },
    code: 'TOO_MANY_IMAGES',
  },
  {
    what: '10,000 labels in a variable',
    query: CLASSIFY_MANY,
    variables: { images: [{ url: SHEEP }], labels: times(10_000, String) },
    code: 'TOO_MANY_LABELS',
  },
  {
    what: '1,000 labels in 1,000 templates',
    query: CLASSIFY_MANY,
    variables: {
      images: [{ url: SHEEP }],
      labels: times(1_000, String),
      templates: times(1_000, (i) => `{} ${i}`),
    },
    code: 'TOO_MANY_PROMPTS',
  },
  {
    what: '8,000 prompts over several fields',
    query: `query (${times(8, (i) => `$l${i}: [String!]!`).join(' ')}) {
      ${times(8, (i) => `a${i}: classify(imageUrl: "${SHEEP}", labels: $l${i}) { label }`).join(' ')}
    }`,
    variables: Object.fromEntries(times(8, (i) => [`l${i}`, times(1_000, (j) => `${i}.${j}`)])),
    code: 'TOO_MANY_PROMPTS',
  },
  {
    what: '7,001 times the same text to embed',
    query: 'query ($inputs: [EmbeddingInput!]!) { embed(inputs: $inputs) { __typename } }',
    variables: { inputs: times(7_001, () => ({ text: 'a' })) },
    code: 'TOO_MANY_PROMPTS',
  },
  {
    what: 'a text 3,600 times under two aliases',
    query: `query ($inputs: [EmbeddingInput!]!) {
      a: embed(inputs: $inputs) { __typename }
      b: embed(inputs: $inputs) { __typename }
    }`,
    variables: { inputs: times(3_600, () => ({ text: 'a' })) },
    code: 'TOO_MANY_PROMPTS',
  },
  {
    what: 'the same 7,000 prompts under two aliases',
    query: `query ($labels: [String!]!) {
      ${times(2, (i) => `a${i}: classify(imageUrl: "${SHEEP}", labels: $labels, preset: ENSEMBLE) { label }`).join(' ')}
    }`,
    variables: { labels: times(1_000, String) },
    code: 'TOO_MANY_PROMPTS',
  },
  {
    what: '7,001 texts to embed',
    query: 'query ($inputs: [EmbeddingInput!]!) { embed(inputs: $inputs) { __typename } }',
    variables: { inputs: times(7_001, (i) => ({ text: `${i}` })) },
    code: 'TOO_MANY_PROMPTS',
  },
  {
    what: 'two million characters of labels',
    query: CLASSIFY_MANY,
    variables: { images: [{ url: SHEEP }], labels: times(250, (i) => `${i}`.padEnd(8_000, 'x')) },
    code: 'TOO_MANY_PROMPTS',
  },
  {
    what: 'an image given in two ways',
    query: CLASSIFY_MANY,
    variables: { images: [{ url: SHEEP, base64: 'aGVsbG8=' }], labels: ['a'] },
    code: 'BAD_INPUT',
  },
  {
    what: 'a label nested 2,000 times',
    query: CLASSIFY_MANY,
    body: JSON.stringify({ query: CLASSIFY_MANY, variables: { images: [{ url: SHEEP }] } }).replace(
      '}}',
      `,"labels":${nested(2_000, '[', '"a"', ']')}}}`,
    ),
    code: 'BAD_INPUT',
  },
];
