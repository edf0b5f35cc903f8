import { ERROR_CODES, meaningOf } from '../../../errors/error-codes.ts';
import type { PublicError } from '../../../errors/public-error.ts';
import { builder } from './builder.ts';

export const ErrorCode = builder.enumType('ErrorCode', {
  description: 'What went wrong: see docs/errors.md for what to do.',
  values: Object.fromEntries(
    ERROR_CODES.map((code) => [code, { description: meaningOf({ code }).meaning }]),
  ),
});

/** What is wrong with the input of a mutation, or with one of several inputs. */
export const UserError = builder.interfaceRef<PublicError>('UserError').implement({
  description: 'Why something that was asked for was not done.',
  resolveType: () => 'ChangeError',
  fields: (t) => ({
    code: t.expose('code', { type: ErrorCode, description: 'A stable code.' }),
    message: t.exposeString('message', {
      description: 'What was expected and what came, in one line.',
    }),
    retryable: t.boolean({
      description: 'Whether the same may succeed later.',
      resolve: (error) => meaningOf(error).retryable,
    }),
  }),
});

builder.objectRef<PublicError>('ChangeError').implement({
  description: 'Why a mutation changed nothing.',
  interfaces: [UserError],
});
