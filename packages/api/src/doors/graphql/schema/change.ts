import type { Context } from '../../../answers/context.ts';
import { meaningOf } from '../../../errors/error-codes.ts';
import { type PublicError, publicError } from '../../../errors/public-error.ts';
import { UserError } from './error.ts';

/** What a mutation did, or why it did not. */
export interface Change<T> {
  readonly done?: T;
  readonly errors: readonly PublicError[];
}

/** A payload's field `errors`. */
export const ERRORS = {
  type: [UserError] as [typeof UserError],
  description: 'Why nothing changed; empty if something did.',
  price: { length: 1 },
  resolve: ({ errors }: Change<unknown>) => [...errors],
};

/** @throws what the caller cannot mend. */
export async function changeBy<T>(
  { describe }: Pick<Context, 'describe'>,
  change: () => Promise<T>,
): Promise<Change<T>> {
  try {
    return { done: await change(), errors: [] };
  } catch (error) {
    const known = publicError(error);
    if (known === undefined || !isCallersOwn(known)) throw error;
    return { errors: [describe(error)] };
  }
}

function isCallersOwn(error: PublicError): boolean {
  const { status, retryable } = meaningOf(error);
  return status < 500 && !retryable;
}
