import { gzipSync } from 'node:zlib';
import { type Attack, CLASSIFY, invalid, times } from './attack.ts';

/** Requests that are no queries, several of them, or another site's. */
export const REQUEST_ATTACKS: readonly Attack[] = [
  // Invalid documents
  {
    what: 'an operation that is not there',
    body: '{"query":"query A { models { name } }","operationName":"B"}',
    code: 'OPERATION_RESOLUTION_FAILURE',
  },
  {
    what: 'two operations and no word on which',
    query: 'query A { models { name } } query B { models { name } }',
    code: 'OPERATION_RESOLUTION_FAILURE',
  },
  { what: 'an unknown directive', query: '{ models @defer @stream { name } }', code: invalid },
  {
    what: 'the hash of a query that was never sent',
    body: '{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"00"}}}',
    code: 'PERSISTED_QUERY_NOT_FOUND',
    status: 404,
  },
  {
    what: 'a query under the hash of another',
    body: `{"query":"{ models { name } }","extensions":{"persistedQuery":{"version":1,"sha256Hash":"${'0'.repeat(64)}"}}}`,
    code: 'PERSISTED_QUERY_MISMATCH',
  },
  {
    what: 'a subscription to what is none',
    query: 'subscription { models { name } }',
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  // Several in one
  {
    what: 'a list of 11 operations',
    body: JSON.stringify(times(11, () => ({ query: `{ ${CLASSIFY} }` }))),
    code: 'BAD_REQUEST',
    status: 413,
  },
  {
    what: 'a list of 1,000 operations',
    body: JSON.stringify(times(1_000, () => ({ query: `{ ${CLASSIFY} }` }))),
    code: 'BAD_REQUEST',
    status: 413,
  },
  // Bodies
  {
    what: 'a body of 33 MiB',
    query: 'x'.repeat(33 * 1024 * 1024),
    code: 'REQUEST_TOO_LARGE',
    status: 413,
  },
  {
    what: 'a body that says it has 1 GB',
    query: `{ ${CLASSIFY} }`,
    headers: { 'content-length': '1000000000' },
    code: 'REQUEST_TOO_LARGE',
    status: 413,
  },
  {
    what: 'a body with a length that is no number',
    query: `{ ${CLASSIFY} }`,
    headers: { 'content-length': '12, 13' },
    code: 'BAD_REQUEST',
  },
  {
    what: 'a compressed body of zeros',
    body: gzipSync(Buffer.alloc(40 * 1024 * 1024)),
    headers: { 'content-encoding': 'gzip' },
    code: 'REQUEST_TOO_LARGE',
    status: 413,
  },
  { what: 'a body that is no JSON', body: '{"query": "{ models', code: 'BAD_REQUEST' },
  { what: 'null', body: 'null', code: 'BAD_REQUEST' },
  // What other sites can make a browser send
  {
    what: 'a link',
    method: 'GET',
    path: `/graphql?query=${encodeURIComponent(`{ ${CLASSIFY} }`)}`,
    headers: { 'content-type': 'text/plain', 'sec-fetch-site': 'cross-site' },
    code: 'CROSS_SITE_REQUEST',
    status: 403,
  },
  {
    what: 'a mutation as a link',
    method: 'GET',
    path: `/graphql?query=${encodeURIComponent('mutation { deleteLabelSet(input: { name: "a" }) { labelSet { name } } }')}`,
    code: 'BAD_REQUEST',
    status: 405,
  },
  {
    what: 'a plain form',
    body: new URLSearchParams({ query: `{ ${CLASSIFY} }` }).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    code: 'BAD_REQUEST',
    status: 415,
  },
  {
    what: 'JSON that says it is text',
    query: `{ ${CLASSIFY} }`,
    headers: { 'content-type': 'text/plain' },
    code: 'BAD_REQUEST',
    status: 415,
  },
  {
    what: 'a query that is the whole body',
    body: `{ ${CLASSIFY} }`,
    headers: { 'content-type': 'application/graphql' },
    code: 'BAD_REQUEST',
    status: 415,
  },
  {
    what: 'a form with files from another site',
    body: multipart(`{ ${CLASSIFY} }`),
    headers: { 'content-type': 'multipart/form-data; boundary=x', 'sec-fetch-site': 'cross-site' },
    code: 'CROSS_SITE_REQUEST',
    status: 403,
  },
  {
    what: 'a form with files from an older browser on another site',
    body: multipart(`{ ${CLASSIFY} }`),
    headers: { 'content-type': 'multipart/form-data; boundary=x', origin: 'https://evil.example' },
    code: 'CROSS_SITE_REQUEST',
    status: 403,
  },
  {
    what: 'a form with files from a frame without an origin',
    body: multipart(`{ ${CLASSIFY} }`),
    headers: { 'content-type': 'multipart/form-data; boundary=x', origin: 'null' },
    code: 'CROSS_SITE_REQUEST',
    status: 403,
  },
  { what: 'a PUT', method: 'PUT', query: `{ ${CLASSIFY} }`, code: 'BAD_REQUEST', status: 405 },
  {
    what: 'a path that ends like GraphQL’s',
    path: '/x/graphql',
    query: `{ ${CLASSIFY} }`,
    code: 'NOT_FOUND',
    status: 404,
  },
];

/** Against a server in production. */
export const PRODUCTION_ATTACKS: readonly Attack[] = [
  { what: 'the schema', query: '{ __schema { types { name } } }', code: invalid },
  {
    what: 'the schema beside a query',
    query: `{ __schema { queryType { name } } ${CLASSIFY} }`,
    code: invalid,
  },
  { what: 'a type', query: '{ __type(name: "Query") { fields { name } } }', code: invalid },
  { what: 'a guess at a field', query: '{ clasify { label } }', code: invalid },
  {
    what: 'a guess at an argument',
    query: `{ classify(imageUlr: "a", labels: ["a"]) { label } }`,
    code: invalid,
  },
];
function multipart(query: string): string {
  const part = (name: string, value: string) =>
    `--x\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  return `${part('operations', JSON.stringify({ query }))}${part('map', '{}')}--x--\r\n`;
}
