import { GraphQLError } from 'graphql';
import type { FetchAPI, GraphQLParams, Plugin } from 'graphql-yoga';
import type { Limits } from '../../../limits/limits.ts';
import { type BodyLimits, parseJson, readBody } from '../../requests/request-body.ts';
import type { ServerContext } from '../../requests/services.ts';

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
    onRequestParse: ({ request, serverContext, setRequestParser, fetchAPI }) => {
      const type = request.headers.get('content-type') ?? '';
      if (request.method !== 'POST' || !/^multipart\/form-data\b/i.test(type)) return;
      setRequestParser(async (incoming) => {
        const bytes = await readBody(incoming, body, serverContext.keepBytes);
        checkParts(bytes, type, maxParts);
        const form = await formDataOf(bytes, type, body, fetchAPI);
        return readMultipart(form, body);
      });
    },
  };
}

/** `operations`, `map`, and what clients may send beside. */
const OTHER_PARTS = 10;

/** Before they are read, which takes as long for each as another request: thousands would hold the server. */
function checkParts(bytes: Buffer, type: string, most: number): void {
  const [, quoted, plain = ''] = /boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(type) ?? [];
  const boundary = `\r\n--${quoted ?? plain}`;
  let count = 0;
  for (let at = bytes.indexOf(boundary); at !== -1; at = bytes.indexOf(boundary, at + 1)) {
    if (++count > most) break;
  }
  // The first has no line before it, and one more stands at the form's end.
  if (count > most) throw badMultipart(`a form of at most ${most} parts`, 'one of more');
}

/** whatwg-node's, beside what every Response takes. */
interface FormInit extends ResponseInit {
  readonly formDataLimits: { readonly fieldSize: number };
}

async function formDataOf(
  bytes: Uint8Array<ArrayBuffer>,
  type: string,
  { maxBytes }: BodyLimits,
  { Response }: FetchAPI,
): Promise<FormData> {
  const init: FormInit = {
    headers: { 'content-type': type },
    formDataLimits: { fieldSize: maxBytes },
  };
  try {
    return await new Response(bytes, init).formData();
  } catch {
    throw badMultipart('a multipart form', 'a broken one');
  }
}

function readMultipart(form: FormData, limits: BodyLimits): GraphQLParams {
  const operations = readObject(form, 'operations', limits);
  for (const [part, places] of Object.entries(readObject(form, 'map', limits))) {
    const file = form.get(part);
    if (file === null || typeof file === 'string') {
      throw badMultipart(`a file as part ${JSON.stringify(part)}`, 'none');
    }
    if (!Array.isArray(places)) throw badMultipart('a list of places in map', typeof places);
    for (const place of places) putFile(operations, String(place), file);
  }
  return operations as GraphQLParams;
}

type JsonObject = Record<string, unknown>;

function readObject(form: FormData, field: string, limits: BodyLimits): JsonObject {
  const text = form.get(field);
  if (typeof text !== 'string') throw badMultipart(`a text as part ${field}`, 'none');
  const value = parseJson(Buffer.from(text), limits, `part ${field}`);
  if (!isObject(value) || Array.isArray(value)) {
    throw badMultipart(`a JSON object as part ${field}`, 'something else');
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
    throw badMultipart('null in operations where map puts a file', 'something else');
  }
  holder[last] = file;
}

const own = (holder: unknown, key: string): unknown =>
  isObject(holder) && Object.hasOwn(holder, key) ? holder[key] : undefined;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null;

const badMultipart = (expected: string, got: string): GraphQLError =>
  new GraphQLError(`expected ${expected}, got ${got}`, {
    extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
  });
