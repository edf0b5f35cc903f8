import type { ExecutionArgs, ExecutionResult } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Context } from '../../../answers/context.ts';
import { type Cost, checkOperationPrice, type PricedServices } from '../prices/operation-price.ts';
import { graphqlError } from './graphql-error.ts';

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
