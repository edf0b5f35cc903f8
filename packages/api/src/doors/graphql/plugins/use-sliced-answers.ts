import type { Plugin } from 'graphql-yoga';
import { jsonResponse } from '../../requests/json-response.ts';
import { isLarge } from '../../requests/json-slices.ts';
import { GRAPHQL_RESPONSE } from './use-error-codes.ts';

/** Prints long answers in slices, where yoga would print them at once. After {@link useErrorCodes}. */
export function useSlicedAnswers(): Plugin {
  return {
    onResultProcess: ({ request, result, resultProcessor, setResultProcessor }) => {
      // Errors without data have a status, which yoga sees to.
      if (resultProcessor === undefined || !hasData(result) || !isLarge(result)) return;
      setResultProcessor((printed, _api, type) => {
        return jsonResponse(printed, { headers: { 'content-type': `${type}; charset=utf-8` } });
      }, mediaType(request));
    },
  };
}

/** A batch's status is 200, whatever it answers. */
const hasData = (result: object): boolean =>
  Array.isArray(result) || ('data' in result && result.data != null);

function mediaType({ headers }: Pick<Request, 'headers'>): string {
  const accept = headers.get('accept') ?? '*/*';
  return accept.includes(GRAPHQL_RESPONSE) ? GRAPHQL_RESPONSE : 'application/json';
}
