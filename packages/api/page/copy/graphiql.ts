import type { Operation } from '../server/operation.ts';
import { asGraphql } from './languages.ts';

/** Whether this server has it, as its document says. */
export const hasGraphiql = (): boolean => document.documentElement.dataset.graphiql === 'on';

/** With the operation in it: variables are in the document, but a file is for GraphiQL’s user to give. */
export const graphiqlAddress = (operation: Operation): string =>
  `graphql?query=${encodeURIComponent(asGraphql(operation))}`;
