import { type ExecutionResult, GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { meaningOf } from '../../../errors/error-codes.ts';
import { oneLine, shorten } from '../../../errors/one-line.ts';
import { type PublicError, publicError } from '../../../errors/public-error.ts';
import {
  type DescribedError,
  describeFailure,
  type ErrorLog,
} from '../../../telemetry/error-log.ts';
import type { Metrics } from '../../../telemetry/metrics.ts';
import { noteRequest } from '../../../telemetry/request-scope.ts';
import { retryHeaders } from '../../requests/http-error.ts';

/** Of GraphQL over HTTP: there, errors before execution have a status of their own. */
export const GRAPHQL_RESPONSE = 'application/graphql-response+json';

/** What errors may tell. */
interface Wording {
  /** Whether they name what is in the schema and was perhaps meant. */
  readonly suggestions: boolean;
}

/**
 * Gives every error of a response one line and a code, and hides what is unexpected: it goes to the
 * log, under an id that the response shows.
 */
export function useErrorCodes(
  log: ErrorLog,
  { refusals }: Pick<Metrics, 'refusals'>,
  wording: Wording,
): Plugin {
  const failed = new WeakSet<Request>();
  return {
    onResultProcess: ({ request, result, setResult, resultProcessor, setResultProcessor }) => {
      const accept = request.headers.get('accept') ?? '*/*';
      if (accept === '*/*' && resultProcessor !== undefined) {
        // Statuses tell what failed, and the type is the one that every client reads.
        setResultProcessor(async (given, api) => {
          const response = await resultProcessor(given, api, GRAPHQL_RESPONSE);
          response.headers.set('content-type', 'application/json; charset=utf-8');
          return response;
        }, 'application/json');
      }
      const results = [result].flat().filter(isExecutionResult);
      if (results.every(({ errors }) => errors === undefined)) return;
      failed.add(request);
      const coded = results.map((one) => withCodes(one, log, wording));
      for (const { extensions } of coded.flatMap(({ errors = [] }) => errors).toReversed()) {
        const code = String(extensions.code);
        refusals.inc({ code });
        // The first stays.
        noteRequest({ code });
      }
      // A batch has no status of its own: each of its answers says how it went.
      setResult(Array.isArray(result) ? coded.map(withoutStatus) : coded[0]!);
    },
    onSubscribe: () => ({
      onSubscribeResult: () => ({
        onNext: ({ result, setResult }) => {
          if (isExecutionResult(result) && result.errors !== undefined) {
            setResult(withoutStatus(withCodes(result, log, wording)));
          }
        },
      }),
      onSubscribeError: ({ error, setError }) => {
        const errors = [toGraphQLError(error)];
        setError(withoutStatus(withCodes({ errors }, log, wording)).errors![0]);
      },
    }),
    onResponse: ({ request, response: { headers } }) => {
      // A cache would go on answering so when the next try would succeed.
      if (request.method === 'GET' && failed.has(request)) headers.set('cache-control', 'no-store');
    },
  };
}

/** Others come in parts, which no field of the schema does. */
const isExecutionResult = (result: object): result is ExecutionResult =>
  !(Symbol.asyncIterator in result);

const toGraphQLError = (error: unknown): GraphQLError =>
  error instanceof GraphQLError
    ? error
    : new GraphQLError('failed', { originalError: error as Error });

function withoutStatus({ errors, ...result }: ExecutionResult): ExecutionResult {
  if (errors === undefined) return result;
  return { ...result, errors: errors.map(withoutHttp) };
}

function withoutHttp(error: GraphQLError): GraphQLError {
  const { http: _status, ...extensions } = error.extensions;
  return new GraphQLError(error.message, { ...fieldsOf(error), extensions });
}

/** Where an error is. */
function fieldsOf({ nodes, source, positions, path }: GraphQLError) {
  return {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    path: path ?? null,
  };
}

function withCodes(result: ExecutionResult, log: ErrorLog, wording: Wording): ExecutionResult {
  const beforeExecution = !('data' in result);
  const answered = Object.values(result.data ?? {}).some((field) => field !== null);
  const facts = { beforeExecution, answered };
  const errors = result.errors?.map((error) => withCode(error, facts, log, wording));
  return { ...result, ...(errors && { errors }) };
}

interface ResultFacts {
  readonly beforeExecution: boolean;
  /** Whether any field has an answer. */
  readonly answered: boolean;
}

function withCode(
  error: GraphQLError,
  { beforeExecution, answered }: ResultFacts,
  log: ErrorLog,
  wording: Wording,
): GraphQLError {
  const { code, message, requestId, retryAfter } = describe(error, log, wording);
  const known = publicError(rootCause(error));
  return new GraphQLError(message, {
    ...fieldsOf(error),
    extensions: {
      code,
      ...(requestId !== undefined && { requestId }),
      ...(retryAfter !== undefined && { retryAfter }),
      ...(beforeExecution && { http: httpOf(error, known, requestId !== undefined) }),
      // An operation that was turned away as a whole: proxies and clients know this by the status.
      ...(known !== undefined && isTurnedAway(known) && !answered && { http: turnedAway(known) }),
    },
  });
}

type HttpExtensions = NonNullable<GraphQLError['extensions']['http']>;

/** The status, for yoga, which takes it out of the response again. */
function httpOf(
  { extensions: { http } }: GraphQLError,
  known: PublicError | undefined,
  isUnexpected: boolean,
): HttpExtensions {
  if (http !== undefined) return http;
  if (isUnexpected) return { status: 500 };
  const status = known === undefined ? 400 : meaningOf(known).status;
  // Of what is no GraphQL request at all, every client gets the status.
  return { status, spec: status === 400 && known?.code !== 'BAD_REQUEST' };
}

/** By this server: an image's host that asks for patience turns nobody away. */
const isTurnedAway = (error: PublicError): boolean =>
  error.retryAfter !== undefined && 'retry-after' in retryHeaders(error);

const turnedAway = (error: PublicError): HttpExtensions => ({
  status: meaningOf(error).status,
  headers: retryHeaders(error),
});

/** As ClipQL's own errors, or with a code of GraphQL's. */
type CodedError = Omit<DescribedError, 'code'> & { readonly code: string };

function describe(error: GraphQLError, log: ErrorLog, wording: Wording): CodedError {
  const cause = rootCause(error);
  // The outermost tells the most, such as which variable has the wrong value.
  if (cause instanceof GraphQLError) return describeRequestError(error, wording);
  return describeFailure(cause, log);
}

/** An error of GraphQL itself: the query, its variables, or the HTTP request that brought it. */
function describeRequestError(
  { message, extensions: { code } }: GraphQLError,
  { suggestions }: Wording,
): CodedError {
  const line = oneLine(suggestions ? message : withoutSuggestion(message));
  const described = isAboutImage(message)
    ? `${shorten(line, MAX_QUOTED)} ${HOW_TO_GIVE_IMAGES}`
    : line;
  return { code: typeof code === 'string' ? code : 'BAD_INPUT', message: described };
}

/** A text where an ImageInput is expected may be a whole data URL. */
const MAX_QUOTED = 300;
const HOW_TO_GIVE_IMAGES =
  'An image is { url: … }, { base64: … } or { upload: … }; classify takes a URL alone as imageUrl.';

/** Whether graphql-js found something else in the place of an `ImageInput`: a text, most often. */
const isAboutImage = (message: string): boolean =>
  message.startsWith('Expected value of type "ImageInput') ||
  message.endsWith('Expected type "ImageInput" to be an object.') ||
  /expecting type "ImageInput!?"\.$/.test(message.slice(-50));

/** GraphQL quotes what a client sent, of any length, so no expression goes over it. */
function withoutSuggestion(message: string): string {
  const at = message.lastIndexOf(' Did you mean ');
  return at >= 0 && message.endsWith('?') ? message.slice(0, at) : message;
}

function rootCause(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError !== undefined
    ? rootCause(error.originalError)
    : error;
}
