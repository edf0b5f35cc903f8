import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import { OpenSubscriptions, type SubscriptionLimits } from '../../../limits/subscriptions.ts';
import { currentRequest } from '../../../telemetry/request-scope.ts';
import { graphqlError } from './graphql-error.ts';

/** Refuses a subscription to a caller who has as many as allowed. */
export function useSubscriptionLimits(limits: SubscriptionLimits): Plugin {
  const open = new OpenSubscriptions(limits);
  return {
    onSubscribe: ({ setResultAndStopExecution }) => {
      let end: () => void;
      try {
        end = open.begin(currentRequest()?.party ?? 'local');
      } catch (error) {
        setResultAndStopExecution({ errors: [graphqlError(error)] });
        return undefined;
      }
      return {
        onSubscribeResult: ({ result }) => {
          if (isAsyncIterable(result)) return { onEnd: end };
          end();
          return undefined;
        },
      };
    },
  };
}
