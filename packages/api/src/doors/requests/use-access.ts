import type { Plugin } from 'graphql-yoga';
import { openApiKeys } from '../../access/api-keys.ts';
import { clientAddressReader, networkOf, partyOf } from '../../access/client-address.ts';
import { createTokenVerifier } from '../../access/json-web-tokens.ts';
import { ownHostCheck } from '../../access/own-hosts.ts';
import { createRateLimit, type Quota, quotaHeaders } from '../../access/rate-limits.ts';
import { ApiError } from '../../errors/api-error.ts';
import { quoted } from '../../errors/one-line.ts';
import { publicError } from '../../errors/public-error.ts';
import { noteRequest } from '../../telemetry/request-scope.ts';
import { bodyLimits } from './body-limits.ts';
import { failureResponse } from './http-error.ts';
import { requestTooLarge } from './request-body.ts';
import type { Route } from './route.ts';
import type { RouteTable } from './route-table.ts';
import type { ServerContext, Services } from './services.ts';

/**
 * Who may ask, how often, and how much they may send: for every door, before any of them.
 *
 * @throws ApiError BAD_OPTION when keys cannot be read, or are missing for what else is set.
 */
export function useAccess(
  table: RouteTable,
  {
    settings,
    metrics: { refusals },
    store,
    warn,
  }: Pick<Services, 'settings' | 'metrics' | 'store' | 'warn'>,
): Plugin<object, ServerContext> {
  const keys = openApiKeys(settings.apiKeys, settings.apiKeysFile, warn);
  const verifyToken = createTokenVerifier(settings);
  const asksForKeys = !keys.isEmpty || verifyToken !== undefined;
  if (!asksForKeys && settings.rateLimitKey > 0) throw limitWithoutKeys();
  const isOwnHost = asksForKeys ? () => true : ownHostCheck(settings);
  const addressOf = clientAddressReader(settings.trustProxies);
  const limitAddress = createRateLimit('address', settings.rateLimitAddress, store.counts);
  const limitKey = createRateLimit('key', settings.rateLimitKey, store.counts);
  const quotas = new WeakMap<Request, Quota>();

  const callerOf = async (presented: string | undefined): Promise<string | undefined> => {
    if (presented === undefined || !asksForKeys) return undefined;
    const key = keys.find(presented);
    if (key !== undefined) return `key:${key.name}`;
    const subject = await verifyToken?.(presented);
    return subject === undefined ? undefined : `subject:${subject}`;
  };

  /** A request with a valid key counts for that alone; any other, a guess too, for its address. */
  const count = async (request: Request, caller: string | undefined, address: string) => {
    const quota = await (caller === undefined
      ? limitAddress(networkOf(address))
      : limitKey(caller));
    if (quota === undefined) return;
    quotas.set(request, quota);
    if (quota.isExceeded) throw rateLimited(quota);
  };

  /** @throws ApiError for a request that is not let in. */
  const check = async (request: Request, route: Route | undefined, address: string) => {
    const { method, headers } = request;
    const caller = await callerOf(presentedKey(headers));
    if (caller !== undefined) noteRequest({ caller, party: caller });
    await count(request, caller, address);
    const host = headers.get('host');
    if (host !== null && !isOwnHost(host)) throw unknownHost(host);
    // A browser that asks for leave cannot send a key along.
    const needsKey = asksForKeys && method !== 'OPTIONS' && (route?.needsKey ?? true);
    if (needsKey && caller === undefined) throw unauthenticated();
    const { maxBytes } = (route?.body?.limits ?? bodyLimits)(settings);
    checkLength(headers.get('content-length') ?? '0', maxBytes);
  };

  return {
    onRequest: async ({ request, url: { pathname: path }, serverContext, endResponse }) => {
      const route = table.find(path, request);
      if (route?.isLimited === false) return;
      const forwardedFor = request.headers.get('x-forwarded-for');
      const address = addressOf(serverContext?.address, forwardedFor);
      noteRequest({ address, party: partyOf(address) });
      try {
        await check(request, route, address);
      } catch (error) {
        const refusal = publicError(error);
        if (refusal === undefined) throw error;
        refusals.inc({ code: refusal.code });
        endResponse(failureResponse(refusal, path));
      }
    },
    onResponse: ({ request, response: { headers } }) => {
      const quota = quotas.get(request);
      if (quota === undefined) return;
      for (const [name, value] of Object.entries(quotaHeaders(quota))) headers.set(name, value);
    },
  };
}

function presentedKey(headers: Headers): string | undefined {
  const [, bearer] = /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '') ?? [];
  return bearer ?? headers.get('x-api-key') ?? undefined;
}

function limitWithoutKeys(): ApiError {
  return new ApiError(
    'BAD_OPTION',
    'expected --api-keys, --api-keys-file, --jwt-secret or --jwt-keys-file beside --rate-limit-key, got none: no request would have a key to count by',
  );
}

function unknownHost(host: string): ApiError {
  const got = quoted(host, 100);
  const message = `expected a host header with localhost, an address or a name of --hosts, got ${got}`;
  return new ApiError('UNKNOWN_HOST', message);
}

const unauthenticated = (): ApiError =>
  new ApiError('UNAUTHENTICATED', 'expected a valid key, as authorization: Bearer KEY');

function rateLimited({ reset }: Quota): ApiError {
  const message = `expected fewer requests; try again in ${reset} s`;
  return new ApiError('RATE_LIMITED', message, { retryAfter: reset });
}

function checkLength(length: string, maxBytes: number): void {
  if (!/^\d+$/.test(length)) {
    throw new ApiError('BAD_REQUEST', 'expected one number as content-length');
  }
  if (Number(length) > maxBytes) throw requestTooLarge(maxBytes);
}
