import { GraphQLError } from 'graphql';
import { ApiError } from '../../../errors/api-error.ts';

/** An error that a plug-in stops an operation with. @throws what is unexpected. */
export function graphqlError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  if (error instanceof ApiError) return new GraphQLError(error.message, { originalError: error });
  throw error;
}
