import { type ExecutionArgs, GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { ApiError } from '../errors.ts';
import { checkOperationWork } from '../operation-work.ts';

/** Refuses an operation that asks for more images or prompts than one may, before it runs. */
export function useOperationLimits(): Plugin {
  return {
    onExecute: ({ args, setResultAndStopExecution }) => {
      try {
        checkOperationWork(args as ExecutionArgs);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        const originalError = error;
        setResultAndStopExecution({ errors: [new GraphQLError(error.message, { originalError })] });
      }
    },
  };
}
