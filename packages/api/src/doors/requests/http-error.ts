import { meaningOf } from '../../errors/error-codes.ts';
import type { PublicError } from '../../errors/public-error.ts';
import { isOpenAiPath, openAiErrorBody } from './open-ai-error.ts';

/**
 * An error of HTTP rather than of GraphQL, in the form that clients of the path can read: OpenAI's, or
 * GraphQL's everywhere else.
 */
export function httpError(status: number, code: string, message: string, path = ''): Response {
  const body = isOpenAiPath(path)
    ? openAiErrorBody({ status, code, message })
    : { errors: [{ message, extensions: { code } }] };
  return Response.json(body, { status });
}

/** An error of ClipQL that a whole request fails with. */
export function httpFailure(error: PublicError): Response {
  const response = httpError(meaningOf(error).status, error.code, error.message);
  for (const [name, value] of Object.entries(retryHeaders(error)))
    response.headers.set(name, value);
  return response;
}

/** The same, for where there is no `Response`; for a tenth of what it costs to come to it by a query. */
export function refusalOf(error: PublicError, path: string) {
  const { message, ...extensions } = error;
  const { status } = meaningOf(error);
  const body = JSON.stringify(
    isOpenAiPath(path)
      ? openAiErrorBody({ ...error, status })
      : { errors: [{ message, extensions }] },
  );
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    ...retryHeaders(error),
  };
  return { status, headers, body };
}

/** Seconds to wait before the same request may succeed, where the server is what it lacked. */
const RETRY_AFTER = '1';

/** What tells a client when to try again, by the status. */
export function retryHeaders(error: PublicError): Record<string, string> {
  const { status, retryable } = meaningOf(error);
  const seconds = String(error.retryAfter ?? RETRY_AFTER);
  return retryable && (status === 429 || status === 503) ? { 'retry-after': seconds } : {};
}
