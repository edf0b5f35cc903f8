import type { GraphQLParams, Plugin } from 'graphql-yoga';
import { ApiError } from '../../../errors/api-error.ts';
import {
  type BodyLimits,
  isJsonObject,
  type JsonObject,
  parseJson,
} from '../../requests/request-body.ts';
import { GRAPHQL_PATH } from '../../requests/route.ts';

/**
 * Reads queries by GET: `/graphql?query={…}&variables={…}`, as GraphQL over HTTP has them, and answers
 * HEAD as GET. Yoga's own reader takes JSON of any form and fails for what is none.
 */
export function useQueryString(limits: BodyLimits): Plugin {
  return {
    onRequest: ({ request, url: { pathname: path }, requestHandler, setRequestHandler }) => {
      if (request.method !== 'HEAD' || path !== GRAPHQL_PATH) return;
      setRequestHandler((head, context) => requestHandler(asGet(head), context));
    },
    onRequestParse: ({ request, setRequestParser }) => {
      if (request.method === 'GET') setRequestParser(({ url }) => paramsOf(url, limits));
    },
    onResponse: ({ request, response: { headers } }) => {
      const { pathname: path } = new URL(request.url);
      // The same address is a page for a browser.
      if (request.method === 'GET' && path === GRAPHQL_PATH) headers.append('vary', 'accept');
    },
  };
}

const asGet = ({ url, headers, signal }: Request): Request => new Request(url, { headers, signal });

function paramsOf(url: string, limits: BodyLimits): GraphQLParams {
  const { searchParams } = new URL(url);
  const texts = ['query', 'operationName'].map((name) => [name, searchParams.get(name)]);
  const objects = ['variables', 'extensions'].map((name) => [
    name,
    objectIn(name, searchParams.get(name), limits),
  ]);
  return Object.fromEntries([...texts, ...objects].filter(([, value]) => value));
}

function objectIn(name: string, text: string | null, limits: BodyLimits): JsonObject | null {
  if (!text) return null;
  const value = parseJson(Buffer.from(text), limits, name);
  if (value === null || isJsonObject(value)) return value;
  throw new ApiError('BAD_REQUEST', `expected a JSON object as ${name}, got something else`);
}
