import { BREAK, type DocumentNode, type ExecutionArgs, type ExecutionResult, visit } from 'graphql';
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
  const check: OnOperation = async ({ args, setResultAndStopExecution }) => {
    try {
      const { request, labelSets } = args.contextValue;
      if (namesLabelSets(args.document)) await labelSets.refresh();
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
}) => Promise<void>;

/** Whether an operation may ask for a label set: others go on while the database is away. */
function namesLabelSets(document: DocumentNode): boolean {
  let isFound = false;
  visit(document, {
    Name: ({ value }) => {
      isFound = /labelSet|^nodes?$/i.test(value);
      return isFound ? BREAK : undefined;
    },
  });
  return isFound;
}
