import { documentOf, type Operation, variablesOf } from '../server/operation.ts';
import { TEXTS } from '../texts.ts';
import { withBase64 } from './literals.ts';

/** Whether this server has it, as its document says. */
export const hasGraphiql = (): boolean => document.documentElement.dataset.graphiql === 'on';

/**
 * With the operation and its variables in it, behind `#`: of any length, and no server sees them. GraphiQL sends no
 * files, so each has its name where its base64 is to go.
 */
export function graphiqlAddress(operation: Operation): string {
  const variables = JSON.stringify(
    withBase64(variablesOf(operation)),
    (_name, value) => (value instanceof File ? TEXTS.copy.base64Of(value.name) : value),
    2,
  );
  return `graphql#${new URLSearchParams({ query: documentOf(operation), variables })}`;
}
