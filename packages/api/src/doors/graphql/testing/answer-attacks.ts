import { type Attack, SHEEP, times } from './attack.ts';

const images = times(64, () => ({ url: SHEEP }));
const labels = times(1_000, String);
const texts = times(7_000, (i) => ({ text: `${i}` }));

const aliases = (count: number, field: string) => times(count, (i) => `a${i}: ${field}`).join(' ');

const classifyMany = (fields: string) => `query ($images: [ImageInput!]!, $labels: [String!]!) {
  classifyMany(images: $images, labels: $labels) { ... on Classification { ${fields} } }
}`;

const embed = (fields: string) =>
  `query ($inputs: [EmbeddingInput!]!) { embed(inputs: $inputs) { ${fields} } }`;

/** Short queries with long answers. */
export const ANSWER_ATTACKS: readonly Attack[] = [
  {
    what: '7,000 embeddings under 190 aliases of their values',
    query: `query ($inputs: [EmbeddingInput!]!) {
      embed(inputs: $inputs) { ... on Embedding { ${times(190, (i) => `a${i}: values`).join(' ')} } }
    }`,
    variables: { inputs: times(7_000, (i) => ({ text: `${i}` })) },
    code: 'ANSWER_TOO_LARGE',
  },
  {
    what: '7,000 embeddings under 190 aliases of their data',
    query: `query ($inputs: [EmbeddingInput!]!) {
      embed(inputs: $inputs, encoding: BASE64) {
        ... on Embedding { ${times(190, (i) => `a${i}: data`).join(' ')} }
      }
    }`,
    variables: { inputs: times(7_000, (i) => ({ text: `${i}` })) },
    code: 'ANSWER_TOO_LARGE',
  },
  {
    what: '64 × 1,000 scores under 190 aliases',
    query: `query ($images: [ImageInput!]!, $labels: [String!]!) {
      classifyMany(images: $images, labels: $labels) {
        ... on Classification { ${times(190, (i) => `a${i}: scores { label }`).join(' ')} }
      }
    }`,
    variables: { images: times(64, () => ({ url: SHEEP })), labels: times(1_000, String) },
    code: 'ANSWER_TOO_LARGE',
  },
  {
    what: 'a label for rejected images of a million characters, 12,160 times',
    query: `query ($images: [ImageInput!]!, $reject: String!) {
      classifyMany(images: $images, labels: ["a"], rejectBelow: 1, rejectLabel: $reject) {
        ... on Classification { ${times(190, (i) => `a${i}: label`).join(' ')} }
      }
    }`,
    variables: { images: times(64, () => ({ url: SHEEP })), reject: 'x'.repeat(1_000_000) },
    code: 'ANSWER_TOO_LARGE',
  },
  {
    what: '64 × 1,000 scores under 199 aliases, with nothing but their type',
    query: classifyMany(aliases(199, 'scores { __typename }')),
    variables: { images, labels },
    code: 'ANSWER_TOO_LARGE',
  },
  {
    what: '64 × 1,000 scores with 199 aliases of their type',
    query: classifyMany(`scores { ${aliases(199, '__typename')} }`),
    variables: { images, labels },
    code: 'ANSWER_TOO_LARGE',
  },
  {
    what: '64 × 1,000 scores in fragments within each other',
    query: `${classifyMany(`...F ${aliases(20, 'scores { ... { ...G } }')}`)}
      fragment F on Classification { f: scores { ...G } }
      fragment G on LabelScore { ${aliases(2, 'index')} }`,
    variables: { images, labels },
    code: 'ANSWER_TOO_LARGE',
  },
  {
    what: '7,000 outcomes with 190 aliases of the type of a union',
    query: embed(aliases(190, '__typename')),
    variables: { inputs: texts },
    code: 'ANSWER_TOO_LARGE',
  },
  {
    what: '7,000 times a model',
    query: embed(`... on Embedding { ${aliases(40, 'model { name backend { name } }')} }`),
    variables: { inputs: texts },
    code: 'ANSWER_TOO_LARGE',
  },
  {
    what: '7,000 candidates under 90 aliases',
    query: `query ($candidates: [EmbeddingInput!]!) {
      rank(query: { text: "a" }, candidates: $candidates) { ${aliases(90, 'ranked { index }')} }
    }`,
    variables: { candidates: texts.slice(1) },
    code: 'ANSWER_TOO_LARGE',
  },
  {
    what: '64 times the longest of its labels, which JSON writes with six signs for one',
    query: `query ($images: [ImageInput!]!, $labels: [String!]!) {
      classifyMany(images: $images, labels: $labels) {
        ... on Classification { ${aliases(190, 'best { label }')} }
      }
    }`,
    variables: { images, labels: ['a', `b${'\u0001'.repeat(8_191)}`] },
    code: 'ANSWER_TOO_LARGE',
  },
  {
    what: 'the same id 1,001 times',
    query: 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }',
    variables: { ids: times(1_001, () => 'TW9kZWw6bmFubw==') },
    code: 'ANSWER_TOO_LARGE',
  },
  {
    what: 'labels that are first kept, and given back under 190 aliases',
    query: `mutation ($labels: [String!]!) {
      createLabelSet(input: { name: "large", labels: $labels }) { labelSet { name } }
      deleteLabelSet(input: { name: "large" }) { labelSet { ${aliases(190, 'labels')} } }
    }`,
    variables: { labels },
    code: 'ANSWER_TOO_LARGE',
  },
  {
    what: 'the schema under 100 aliases',
    query: `{ __schema { types { ${aliases(100, 'fields { name args { name type { name } } }')} } } }`,
    code: 'ANSWER_TOO_LARGE',
  },
  {
    what: 'lists of the schema within each other',
    query: `{ __schema { types { ${aliases(14, `fields { type { ${'...T '.repeat(10)} } }`)} } } }
      fragment T on __Type { name kind enumValues { name } fields { name args { name } } }`,
    code: 'ANSWER_TOO_LARGE',
  },
];
