import type { Plugin } from 'graphql-yoga';
import { findKey, readApiKeys } from '../../access/api-keys.ts';
import { clientAddressReader, networkOf } from '../../access/client-address.ts';
import { createTokenVerifier } from '../../access/json-web-tokens.ts';
import { ownHostCheck } from '../../access/own-hosts.ts';
import { createRateLimit } from '../../access/rate-limits.ts';
import { ApiError } from '../../errors/api-error.ts';
import { shorten } from '../../errors/one-line.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { noteClient } from '../../telemetry/request-scope.ts';
import { maxRequestBytes } from './body-limits.ts';
import { httpError } from './http-error.ts';
import type { ServerContext } from './services.ts';

/** Asked by whatever watches the server, often, and without a key. */
const WATCHED: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/ping']);

/**
 * Who may ask, how often, and how much they may send: for every door, before any of them.
 *
 * @throws ApiError BAD_OPTION when keys cannot be read, or are missing for what else is set.
 */
export function useAccess(
  settings: Settings,
  { refusals }: Pick<Metrics, 'refusals'>,
): Plugin<object, ServerContext> {
  const keys = readApiKeys(settings.apiKeys, settings.apiKeysFile);
  const verifyToken = createTokenVerifier(settings);
  const needsKey = keys.length > 0 || verifyToken !== undefined;
  if (!needsKey && settings.rateLimitKey > 0) throw limitWithoutKeys();
  const isOwnHost = needsKey ? () => true : ownHostCheck(settings);
  const addressOf = clientAddressReader(settings.trustProxies);
  const limitAddress = createRateLimit(settings.rateLimitAddress);
  const limitKey = createRateLimit(settings.rateLimitKey);
  const maxBytes = maxRequestBytes(settings);

  const callerOf = async (presented: string | undefined): Promise<string | undefined> => {
    if (presented === undefined) return undefined;
    const key = findKey(keys, presented);
    if (key !== undefined) return `key:${key.name}`;
    const subject = await verifyToken?.(presented);
    return subject === undefined ? undefined : `subject:${subject}`;
  };

  /** The answer to a request that is not let in. */
  const refuse = async (request: Request, path: string, address: string) => {
    const wait = await limitAddress(networkOf(address));
    if (wait !== undefined) return tooMany(wait, path);
    const host = request.headers.get('host');
    if (host !== null && !isOwnHost(host)) return unknownHost(host, path);
    if (needsKey && !isOpen(request, path)) {
      const caller = await callerOf(presentedKey(request.headers));
      if (caller === undefined) return unauthenticated(path);
      noteClient({ caller });
      const waitForKey = await limitKey(caller);
      if (waitForKey !== undefined) return tooMany(waitForKey, path);
    }
    const length = request.headers.get('content-length') ?? '0';
    if (!/^\d+$/.test(length)) return badLength(path);
    if (Number(length) > maxBytes) return tooLarge(maxBytes, path);
    return undefined;
  };

  return {
    onRequest: async ({ request, url, serverContext, endResponse }) => {
      if (WATCHED.has(url.pathname)) return;
      const forwardedFor = request.headers.get('x-forwarded-for');
      const address = addressOf(serverContext?.address, forwardedFor);
      noteClient({ address });
      const refusal = await refuse(request, url.pathname, address);
      if (refusal === undefined) return;
      refusals.inc({ code: refusal.code });
      endResponse(refusal.response);
    },
  };
}

/** Pages hold no secrets, and a browser cannot send a key along when it asks for leave or for a page. */
function isOpen({ method }: Request, path: string): boolean {
  if (method === 'OPTIONS') return true;
  const isPage = path === '/' || path === '/graphql' || /^\/examples(\/|$)/.test(path);
  return (method === 'GET' || method === 'HEAD') && isPage;
}

function presentedKey(headers: Headers): string | undefined {
  const [, bearer] = /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '') ?? [];
  return bearer ?? headers.get('x-api-key') ?? undefined;
}

interface Refusal {
  readonly code: string;
  readonly response: Response;
}

function limitWithoutKeys(): ApiError {
  return new ApiError(
    'BAD_OPTION',
    'expected --api-keys, --api-keys-file, --jwt-secret or --jwt-keys-file beside --rate-limit-key, got none: no request would have a key to count by',
  );
}

function unknownHost(host: string, path: string): Refusal {
  const code = 'UNKNOWN_HOST';
  const got = JSON.stringify(shorten(host, 100));
  const message = `expected a host header with localhost, an address or a name of --hosts, got ${got}`;
  return { code, response: httpError(403, code, message, path) };
}

function unauthenticated(path: string): Refusal {
  const code = 'UNAUTHENTICATED';
  const message = 'expected a valid key, as authorization: Bearer KEY';
  const response = httpError(401, code, message, path);
  response.headers.set('www-authenticate', 'Bearer');
  return { code, response };
}

function tooMany(seconds: number, path: string): Refusal {
  const code = 'RATE_LIMITED';
  const message = `expected fewer requests; try again in ${seconds} s`;
  const response = httpError(429, code, message, path);
  response.headers.set('retry-after', String(seconds));
  return { code, response };
}

function badLength(path: string): Refusal {
  const code = 'BAD_REQUEST';
  return { code, response: httpError(400, code, 'expected one number as content-length', path) };
}

function tooLarge(maxBytes: number, path: string): Refusal {
  const code = 'REQUEST_TOO_LARGE';
  const most = Number((maxBytes / 1024 / 1024).toPrecision(3));
  return {
    code,
    response: httpError(413, code, `expected a request of at most ${most} MiB`, path),
  };
}
