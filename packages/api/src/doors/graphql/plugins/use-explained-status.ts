import type { Plugin } from 'graphql-yoga';
import { failureResponse } from '../../requests/http-error.ts';
import { GRAPHQL_PATH } from '../../requests/route.ts';

/** What yoga expects where it answers with a status and no body. */
const WITHOUT_BODY: Readonly<Record<number, string>> = {
  415: 'content-type: application/json',
  406: 'accept: application/json',
};

/** Says what was expected, with a code, where yoga answers with a status alone. */
export function useExplainedStatus(): Plugin {
  return {
    onResponse: ({ response, setResponse }) => {
      const { status, headers } = response;
      const expected = WITHOUT_BODY[status];
      if (expected === undefined || headers.has('content-type')) return;
      const error = { code: 'BAD_REQUEST', message: `expected ${expected}` } as const;
      setResponse(failureResponse(error, GRAPHQL_PATH, { status }));
    },
  };
}
