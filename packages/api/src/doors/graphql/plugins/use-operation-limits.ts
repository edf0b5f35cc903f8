import { type ExecutionArgs, GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { ApiError } from '../../../errors/api-error.ts';
import type { LabelSets } from '../../../label-sets/label-sets.ts';
import type { Limits } from '../../../limits/limits.ts';
import { checkOperationWork } from '../prices/operation-work.ts';

/** Refuses an operation that asks for more than one may, or for too long an answer, before it runs. */
export function useOperationLimits(limits: Limits, labelSets: LabelSets): Plugin {
  return {
    onExecute: ({ args, setResultAndStopExecution }) => {
      try {
        checkOperationWork(args as ExecutionArgs, limits, labelSets);
      } catch (error) {
        setResultAndStopExecution({ errors: [graphqlError(error)] });
      }
    },
  };
}

function graphqlError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  if (error instanceof ApiError) return new GraphQLError(error.message, { originalError: error });
  throw error;
}
