import type { Plugin } from 'graphql-yoga';
import { isAsyncIterable } from 'graphql-yoga';
import type { Context } from '../../../answers/context.ts';

/** Lets an operation's models go once it is answered, so that they can be unloaded. */
export function useModelLeases(): Plugin<Context> {
  return {
    onExecute: ({ args }) => ({ onExecuteDone: () => args.contextValue.end() }),
    onSubscribe: ({ args: { contextValue } }) => ({
      onSubscribeResult: ({ result }) => {
        if (isAsyncIterable(result)) return { onEnd: () => contextValue.end() };
        contextValue.end();
        return undefined;
      },
    }),
  };
}
