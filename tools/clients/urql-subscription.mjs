import { setTimeout as delay } from 'node:timers/promises';
import { Client, fetchExchange, subscriptionExchange } from '@urql/core';
import { createClient } from 'graphql-sse';
import { FOLLOW, SERVER, TEXTS, tell } from './questions.mjs';

const [id, by] = TEXTS;
const url = `${SERVER}/graphql`;
const sse = createClient({ url });
const forwardSubscription = ({ query, variables }) => ({
  subscribe: (sink) => ({ unsubscribe: sse.subscribe({ query, variables }, sink) }),
});
const client =
  by === 'fetch'
    ? new Client({ url, exchanges: [fetchExchange], fetchSubscriptions: true })
    : new Client({ url, exchanges: [subscriptionExchange({ forwardSubscription })] });

/** Follows the job until a state or an error. */
const followTo = (name, isLast) =>
  new Promise((resolve) => {
    const { unsubscribe } = client.subscription(FOLLOW, { id }).subscribe(({ data, error }) => {
      if (data) tell(name, data.job);
      if (error !== undefined || isLast(data.job)) {
        // Not before `subscribe` has returned.
        queueMicrotask(() => unsubscribe());
        resolve(error === undefined ? data.job : undefined);
      }
    });
  });

await followTo('before the cut', ({ done }) => done === 2);
// With `fetchSubscriptions`, urql leaves it to the page to subscribe again.
while ((await followTo('after it', ({ state }) => state === 'DONE')) === undefined) {
  await delay(200);
}
