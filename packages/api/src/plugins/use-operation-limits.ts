import { type ExecutionArgs, GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { ApiError } from '../errors.ts';
import type { Limits } from '../limits.ts';
import { checkOperationWork } from '../operation-work.ts';

/** Refuses an operation that asks for more images or prompts than one may, before it runs. */
export function useOperationLimits(limits: Limits): Plugin {
  return {
    onExecute: ({ args, setResultAndStopExecution }) => {
      try {
        checkOperationWork(args as ExecutionArgs, limits);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        const originalError = error;
        setResultAndStopExecution({ errors: [new GraphQLError(error.message, { originalError })] });
      }
    },
  };
}
