import { type ExecutionArgs, type ExecutionResult, GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Context } from '../../../answers/context.ts';
import { ApiError } from '../../../errors/api-error.ts';
import { type Cost, checkOperationPrice, type PricedServices } from '../prices/operation-price.ts';

/**
 * Refuses an operation that asks for more than one may, or for too long an answer, before it runs; a
 * batch may ask for as much as one.
 */
export function useOperationLimits(services: Omit<PricedServices, 'labelSets'>): Plugin<Context> {
  const costs = new WeakMap<Request, Cost>();
  const check: OnOperation = ({ args, setResultAndStopExecution }) => {
    try {
      const { request, labelSets } = args.contextValue;
      const priced = { ...services, labelSets };
      costs.set(request, checkOperationPrice(args, priced, costs.get(request)));
    } catch (error) {
      setResultAndStopExecution({ errors: [graphqlError(error)] });
    }
  };
  return {
    onExecute: (operation) => check(operation as Parameters<OnOperation>[0]),
    onSubscribe: (operation) => check(operation as Parameters<OnOperation>[0]),
  };
}

type OnOperation = (operation: {
  readonly args: ExecutionArgs & { readonly contextValue: Context & { readonly request: Request } };
  readonly setResultAndStopExecution: (result: ExecutionResult) => void;
}) => void;

function graphqlError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  if (error instanceof ApiError) return new GraphQLError(error.message, { originalError: error });
  throw error;
}
