import { asSentence } from '../parts/as-sentence.ts';
import { TEXTS } from '../texts.ts';
import { storedKey, wantKey } from './key.ts';
import { documentOf, filesIn, type Operation, variablesOf, withoutFiles } from './operation.ts';

/** What the server said instead of an answer, in its own words. */
export class ServerError extends Error {
  /** Such as `OVERLOADED`; undefined where no server answered. */
  readonly code: string | undefined;
  /** Seconds after which the same may succeed. */
  readonly retryAfter: number | undefined;

  constructor(message: string, code?: string, retryAfter?: number) {
    super(asSentence(message));
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

/** Whether something was not answered because the user gave no key. */
export const isForKey = (error: Error | undefined): boolean =>
  error instanceof ServerError && error.code === 'UNAUTHENTICATED';

export interface GraphqlAnswer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly code?: string; readonly retryAfter?: number };
  }[];
}

/**
 * Asks one operation.
 *
 * @returns the value of its field.
 * @throws ServerError; the signal's reason.
 */
export async function askOperation<Answer>(
  operation: Operation,
  signal: AbortSignal,
): Promise<Answer> {
  const data = await send(requestOf(operation), signal);
  return data[operation.field] as Answer;
}

/** The same for a document without files, of several fields. @returns all of them. */
export const askDocument = <Answer>(query: string, signal: AbortSignal): Promise<Answer> =>
  send(json({ query }), signal) as Promise<Answer>;

/**
 * Asks again what the server was too busy for, when it says so; after eight times it gives up.
 *
 * @throws as `askOperation`.
 */
export async function askPatiently<Answer>(
  operation: Operation,
  signal: AbortSignal,
): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await askOperation(operation, signal);
    } catch (error) {
      const isBusy = error instanceof ServerError && error.retryAfter !== undefined;
      if (!isBusy || attempt === 8) throw error;
      await sleep(1000 * Math.min(30, error.retryAfter ?? 1), signal);
    }
  }
}

/**
 * Reads what is at a path of this server as text.
 *
 * @param path relative to the page.
 * @throws ServerError; the signal's reason.
 */
export const askText = async (path: string, signal: AbortSignal): Promise<string> =>
  (await get(path, signal)).text();

/**
 * Fetches a picture of the server, with the key where there is one: an `<img>` cannot send it.
 *
 * @param path as the API has it, such as `/thumbnails/photos/sheep`.
 * @throws ServerError; the signal's reason.
 */
export const askPicture = async (path: string, signal: AbortSignal): Promise<Blob> =>
  (await get(fromHere(path), signal)).blob();

/** The address of what the API has at a path, wherever the server is mounted. */
export const fromHere = (path: string): string => path.replace(/^\/+/, '');

async function get(path: string, signal: AbortSignal): Promise<Response> {
  const response = await request(path, { headers: {} }, signal);
  if (response.ok) return response;
  throw errorOf(response, (await answerOf(response, signal)).errors);
}

/**
 * With the user's key, for which the user is asked where the server wants one.
 *
 * @throws ServerError where nothing answers, or the user gives no key; the signal's reason.
 */
async function request(
  path: string,
  { headers, ...init }: RequestInit & Pick<Body, 'headers'>,
  signal: AbortSignal,
): Promise<Response> {
  for (;;) {
    const key = storedKey();
    const authorization = key !== undefined && { authorization: `Bearer ${key}` };
    const sent = { ...init, signal, headers: { ...headers, ...authorization } };
    const response = await fetch(path, sent).catch(() => {
      signal.throwIfAborted();
      throw new ServerError(TEXTS.frame.unreachable);
    });
    if (response.status !== 401) return response;
    if (!(await wantKey(key))) throw new ServerError(TEXTS.key.wanted, 'UNAUTHENTICATED');
  }
}

interface Body {
  readonly body: FormData | string;
  readonly headers: Readonly<Record<string, string>>;
}

const json = (body: object): Body => ({
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
});

/** @see https://github.com/jaydenseric/graphql-multipart-request-spec */
function requestOf(operation: Operation): Body {
  const query = documentOf(operation);
  const variables = variablesOf(operation);
  const files = filesIn(variables, 'variables');
  if (files.length === 0) return json({ query, variables });
  const form = new FormData();
  form.append('operations', withoutFiles({ query, variables }));
  form.append('map', JSON.stringify(Object.fromEntries(files.map(([path], i) => [i, [path]]))));
  for (const [i, [, file]] of files.entries()) form.append(String(i), file, file.name);
  return { body: form, headers: {} };
}

async function send(body: Body, signal: AbortSignal): Promise<Readonly<Record<string, unknown>>> {
  const response = await post(body, 'application/json', signal);
  const { data, errors } = await answerOf(response, signal);
  if (errors?.[0] === undefined && data) return data;
  throw errorOf(response, errors);
}

/**
 * Asks a subscription.
 *
 * @returns its server-sent events.
 * @throws as `askOperation`.
 */
export async function openStream(
  operation: Operation,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const response = await post(requestOf(operation), 'text/event-stream', signal);
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
  if (response.ok && isStream && response.body !== null) return response.body;
  throw errorOf(response, (await answerOf(response, signal)).errors);
}

function post({ body, headers }: Body, accept: string, signal: AbortSignal): Promise<Response> {
  const asked = { ...headers, accept, 'graphql-require-preflight': '1' };
  return request('graphql', { method: 'POST', body, headers: asked }, signal);
}

/** What a server says that does not answer; of several errors the first. */
function errorOf(response: Response, errors: GraphqlAnswer['errors']): ServerError {
  const error = errors?.[0];
  const header = response.headers.get('retry-after');
  const retryAfter =
    error?.extensions?.retryAfter ?? (header === null ? undefined : Number(header));
  const message = error?.message ?? TEXTS.frame.noAnswer(response.status);
  return new ServerError(message, error?.extensions?.code, retryAfter);
}

async function answerOf(response: Response, signal: AbortSignal): Promise<GraphqlAnswer> {
  try {
    return (await response.json()) as GraphqlAnswer;
  } catch {
    signal.throwIfAborted();
    throw new ServerError(TEXTS.frame.noAnswer(response.status));
  }
}

export function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
