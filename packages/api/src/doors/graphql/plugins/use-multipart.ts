import type { GraphQLParams, Plugin } from 'graphql-yoga';
import type { Limits } from '../../../limits/limits.ts';
import { type BodyLimits, parseJson, readBody } from '../../requests/request-body.ts';
import type { ServerContext } from '../../requests/services.ts';
import { badForm, type MultipartForm, readForm } from './multipart-form.ts';

/**
 * Takes files along with a query, in the form of the GraphQL multipart request specification: a
 * field `operations` with null in the place of each file, and a field `map` from the name of each
 * file's part to its places. Yoga's own parser would put a file anywhere, also at the far end of a
 * list that does not exist.
 */
export function useMultipart(
  body: BodyLimits,
  { maxImages }: Pick<Limits, 'maxImages'>,
): Plugin<object, ServerContext> {
  const maxParts = maxImages + OTHER_PARTS;
  return {
    onRequestParse: ({ request, serverContext, setRequestParser }) => {
      const type = request.headers.get('content-type') ?? '';
      if (request.method !== 'POST' || !/^multipart\/form-data\b/i.test(type)) return;
      setRequestParser(async (incoming) => {
        const bytes = await readBody(incoming, body, serverContext.keepBytes);
        return readMultipart(await readForm(bytes, type, maxParts), body);
      });
    },
  };
}

/** `operations`, `map`, and what clients may send beside. */
const OTHER_PARTS = 10;

function readMultipart(form: MultipartForm, limits: BodyLimits): GraphQLParams {
  const operations = readObject(form, 'operations', limits);
  for (const [part, places] of Object.entries(readObject(form, 'map', limits))) {
    const file = form.get(part);
    if (file === undefined || typeof file === 'string') {
      throw badForm(`a file as part ${JSON.stringify(part)}`, 'none');
    }
    if (!Array.isArray(places)) throw badForm('a list of places in map', typeof places);
    for (const place of places) putFile(operations, String(place), file);
  }
  return operations as GraphQLParams;
}

type JsonObject = Record<string, unknown>;

function readObject(form: MultipartForm, field: string, limits: BodyLimits): JsonObject {
  const text = form.get(field);
  if (typeof text !== 'string') throw badForm(`a text as part ${field}`, 'none');
  const value = parseJson(Buffer.from(text), limits, `part ${field}`);
  if (!isObject(value) || Array.isArray(value)) {
    throw badForm(`a JSON object as part ${field}`, 'something else');
  }
  return value;
}

/** @param place such as `variables.images.0.upload`, which has to be null. */
function putFile(operations: JsonObject, place: string, file: File): void {
  const keys = place.split('.');
  const last = keys.pop()!;
  let holder: unknown = operations;
  for (const key of keys) holder = own(holder, key);
  // Set as others are, this key would not hold the file but make it what its holder is made after.
  if (!isObject(holder) || own(holder, last) !== null || last === '__proto__') {
    throw badForm('null in operations where map puts a file', 'something else');
  }
  holder[last] = file;
}

const own = (holder: unknown, key: string): unknown =>
  isObject(holder) && Object.hasOwn(holder, key) ? holder[key] : undefined;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null;
