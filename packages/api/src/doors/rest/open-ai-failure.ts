import { meaningOf } from '../../errors/error-codes.ts';
import type { PublicError } from '../../errors/public-error.ts';
import { retryHeaders } from '../requests/http-error.ts';
import { openAiErrorBody } from '../requests/open-ai-error.ts';

/** An error of ClipQL that a request fails with, of which `param` is at fault. */
export function openAiFailure(error: PublicError, param?: string): Response {
  const { status } = meaningOf(error);
  const code = error.code === 'UNKNOWN_MODEL' ? 'model_not_found' : error.code;
  const body = openAiErrorBody({ status, code, message: error.message, param });
  return Response.json(body, { status, headers: retryHeaders(error) });
}
