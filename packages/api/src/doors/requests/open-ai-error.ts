/** An error as OpenAI's clients read it; they find nothing in another form. */
interface OpenAiError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** The part of the request at fault. */
  readonly param?: string | undefined;
}

/** The body of an answer that is an error. */
export function openAiErrorBody({ status, code, message, param }: OpenAiError): object {
  const type = status >= 500 ? 'server_error' : 'invalid_request_error';
  return { error: { message, type, param: param ?? null, code } };
}

/** Whether clients of OpenAI's API ask here. */
export const isOpenAiPath = (path: string): boolean => path.startsWith('/v1/');
