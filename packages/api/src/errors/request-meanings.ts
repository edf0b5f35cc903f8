import {
  type ErrorMeaning,
  FIX,
  RETRY,
  refused,
  retryable,
  retryableOperation,
  wholeOperation,
} from './error-meaning.ts';

const SEND_FEWER = 'Split the request.';

/** The part of the one table that is about what a request asks for, and how. */
export const REQUEST_MEANINGS = {
  // The request
  BAD_INPUT: refused(
    400,
    'An argument is not usable: no labels, an empty label, a text that is too long.',
    FIX,
  ),
  BAD_REQUEST: wholeOperation(
    400,
    'The request does not have the form that it must have; with status 405, 406 or 415 for its method and types.',
    'Fix what the message names.',
  ),
  NOT_FOUND: wholeOperation(404, 'Nothing is at the path.', 'GraphQL is at `/graphql`.'),
  UNAUTHENTICATED: wholeOperation(
    401,
    'The request has no valid key.',
    'Send `authorization: Bearer KEY` or `x-api-key: KEY`.',
  ),
  RATE_LIMITED: retryableOperation(
    429,
    'The key or the address sends more requests a minute than it may.',
    'Wait as long as `retry-after` says.',
  ),
  UNKNOWN_HOST: wholeOperation(
    403,
    'The `host` header names none of the server’s hosts.',
    'Use one of its names; operators add them with `--hosts`.',
  ),
  CROSS_SITE_REQUEST: wholeOperation(
    403,
    'A page of another site made a browser send the request.',
    'Ask the operator for `--cors-origins`, or send JSON.',
  ),
  REQUEST_TOO_LARGE: wholeOperation(
    413,
    'The request has more bytes or values than allowed.',
    SEND_FEWER,
  ),
  HEADERS_TOO_LARGE: wholeOperation(
    431,
    'The request’s headers or URL have more bytes than allowed.',
    'Send the query by POST.',
  ),
  REQUEST_TIMEOUT: retryableOperation(408, 'The request did not arrive in time.', RETRY),
  REQUEST_ABORTED: retryable(499, 'The client disconnected before it was answered.', RETRY),

  // GraphQL
  GRAPHQL_PARSE_FAILED: wholeOperation(
    400,
    'The query is not valid GraphQL.',
    'Fix what the message names.',
  ),
  GRAPHQL_VALIDATION_FAILED: wholeOperation(
    400,
    'The query does not fit the schema.',
    'Fix the field or argument that the message names.',
  ),
  OPERATION_RESOLUTION_FAILURE: wholeOperation(
    400,
    'The document has no operation of this name, or several and no name is given.',
    'Send `operationName`.',
  ),
  QUERY_TOO_LARGE: wholeOperation(
    400,
    'The document, or all of a batch, has more bytes, levels, aliases, fields or directives than allowed.',
    'Split the query; put long texts into variables.',
  ),
  PERSISTED_QUERY_NOT_FOUND: wholeOperation(
    404,
    'The server does not know the query with this hash, or has forgotten it.',
    'Send it along with its hash; clients do by themselves.',
  ),
  PERSISTED_QUERY_MISMATCH: wholeOperation(
    400,
    'The hash is not that of the query.',
    'Send the SHA-256 of the query’s text.',
  ),

  // Limits
  TOO_MANY_IMAGES: wholeOperation(400, 'The operation names more images than allowed.', SEND_FEWER),
  TOO_MANY_IMAGE_BYTES: refused(
    413,
    'The operation’s image files together have more bytes than allowed.',
    SEND_FEWER,
  ),
  TOO_MANY_LABELS: wholeOperation(400, 'There are more labels than allowed.', SEND_FEWER),
  TOO_MANY_PROMPTS: wholeOperation(
    400,
    'There are more prompts (labels × templates, and texts) than allowed.',
    SEND_FEWER,
  ),
  ANSWER_TOO_LARGE: wholeOperation(
    400,
    'The answer would have more values than allowed.',
    'Ask for fewer fields, or split the request.',
  ),
} as const satisfies Readonly<Record<string, ErrorMeaning>>;
