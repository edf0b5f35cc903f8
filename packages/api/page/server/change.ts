import { askOperation, ServerError } from './ask.ts';
import type { Operation } from './operation.ts';

interface Payload {
  readonly errors: readonly { readonly message: string; readonly code: string }[];
}

/**
 * Asks a mutation, whose selection has `errors { message code }`.
 *
 * @returns its payload.
 * @throws ServerError where it changed nothing, as `askOperation`.
 */
export async function askChange<Answer>(
  operation: Operation,
  signal: AbortSignal,
): Promise<Answer> {
  const payload = await askOperation<Answer & Payload>(operation, signal);
  const [error] = payload.errors;
  if (error !== undefined) throw new ServerError(error.message, error.code);
  return payload;
}

/** A mutation of one argument, `input`. */
export const changeOperation = (
  field: string,
  inputType: string,
  input: Operation['args'][number]['value'],
  selection: string,
): Operation => ({
  kind: 'mutation',
  name: field[0]!.toUpperCase() + field.slice(1),
  field,
  args: [{ name: 'input', type: `${inputType}!`, value: input }],
  selection: `${selection} errors { message code }`,
});
