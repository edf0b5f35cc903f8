import { z } from 'zod';
import { meaningOf } from '../../errors/error-codes.ts';
import type { PublicError } from '../../errors/public-error.ts';
import type { DescribedError } from '../../telemetry/error-log.ts';
import { noteRequest } from '../../telemetry/request-scope.ts';
import { isOpenAiPath, openAiErrorBody } from './open-ai-error.ts';

/** An error in GraphQL's form, which is that of every path but OpenAI's. */
export const graphqlErrorOf = <Code extends z.ZodType<string>>(code: Code) =>
  z.object({
    errors: z.array(
      z.object({
        message: z.string(),
        extensions: z.object({
          code,
          requestId: z.string().optional().describe('what the log has it under'),
          retryAfter: z.number().optional().describe('seconds after which to try again'),
        }),
      }),
    ),
  });

type GraphqlErrorBody = z.infer<ReturnType<typeof graphqlErrorOf<z.ZodString>>>;

/** An error that a whole request fails with. */
interface Failure {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body: string;
}

interface FailureOptions {
  /** That of the code unless given. */
  readonly status?: number;
  /** The part of the request at fault. */
  readonly param?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * An error in the form that clients of the path read: OpenAI's, or GraphQL's everywhere else. For where
 * there is no `Response`, which takes ten times as long to make.
 */
export function failureOf(
  error: DescribedError,
  path: string,
  { status = meaningOf(error).status, param, headers }: FailureOptions = {},
): Failure {
  const body = isOpenAiPath(path) ? openAiErrorBody(error, status, param) : graphqlErrorBody(error);
  return {
    status,
    headers: {
      'content-type': 'application/json',
      ...(status === 401 && { 'www-authenticate': 'Bearer' }),
      ...retryHeaders(error),
      ...headers,
    },
    body: JSON.stringify(body),
  };
}

/** The same as a `Response`; the request's line in the log has the code. */
export function failureResponse(
  error: DescribedError,
  path: string,
  options?: FailureOptions,
): Response {
  const { status, headers, body } = failureOf(error, path, options);
  noteRequest({ code: error.code });
  return new Response(body, { status, headers });
}

function graphqlErrorBody({
  message,
  code,
  requestId,
  retryAfter,
}: DescribedError): GraphqlErrorBody {
  const extensions = {
    code,
    ...(requestId !== undefined && { requestId }),
    ...(retryAfter !== undefined && { retryAfter }),
  };
  return { errors: [{ message, extensions }] };
}

/** Seconds to wait before the same request may succeed, where the server is what it lacked. */
const RETRY_AFTER = '1';

/** What tells a client when to try again, by the status. */
export function retryHeaders(error: PublicError): Record<string, string> {
  const { status, retryable } = meaningOf(error);
  const seconds = String(error.retryAfter ?? RETRY_AFTER);
  return retryable && (status === 429 || status === 503) ? { 'retry-after': seconds } : {};
}
