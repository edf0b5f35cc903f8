import { z } from 'zod';
import type { PublicError } from '../../errors/public-error.ts';

/** An error as OpenAI's clients read it; they find nothing in another form. */
export const openAiErrorOf = <Code extends z.ZodType<string>>(code: Code) =>
  z.object({
    error: z.object({
      message: z.string(),
      type: z.enum(['invalid_request_error', 'server_error']),
      param: z.string().nullable().describe('the part of the request at fault'),
      code,
    }),
  });

type OpenAiErrorBody = z.infer<ReturnType<typeof openAiErrorOf<z.ZodString>>>;

/** The body of an answer that is an error. */
export function openAiErrorBody(
  { code, message }: PublicError,
  status: number,
  param: string | undefined,
): OpenAiErrorBody {
  const type = status >= 500 ? 'server_error' : 'invalid_request_error';
  return { error: { message, type, param: param ?? null, code: openAiCode(code) } };
}

/** Clients know OpenAI's word for this one. */
export const openAiCode = (code: PublicError['code']): string =>
  code === 'UNKNOWN_MODEL' ? 'model_not_found' : code;

/** Whether clients of OpenAI's API ask here. */
export const isOpenAiPath = (path: string): boolean => path.startsWith('/v1/');
