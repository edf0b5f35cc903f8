import type { Plugin } from 'graphql-yoga';
import { findKey, readApiKeys } from '../../access/api-keys.ts';
import { clientAddressReader, networkOf, partyOf } from '../../access/client-address.ts';
import { createTokenVerifier } from '../../access/json-web-tokens.ts';
import { ownHostCheck } from '../../access/own-hosts.ts';
import { createRateLimit } from '../../access/rate-limits.ts';
import { ApiError } from '../../errors/api-error.ts';
import { shorten } from '../../errors/one-line.ts';
import { publicError } from '../../errors/public-error.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { noteRequest } from '../../telemetry/request-scope.ts';
import { bodyLimits } from './body-limits.ts';
import { failureResponse } from './http-error.ts';
import { requestTooLarge } from './request-body.ts';
import type { Route } from './route.ts';
import type { RouteTable } from './route-table.ts';
import type { ServerContext } from './services.ts';

/**
 * Who may ask, how often, and how much they may send: for every door, before any of them.
 *
 * @throws ApiError BAD_OPTION when keys cannot be read, or are missing for what else is set.
 */
export function useAccess(
  table: RouteTable,
  settings: Settings,
  { refusals }: Pick<Metrics, 'refusals'>,
): Plugin<object, ServerContext> {
  const keys = readApiKeys(settings.apiKeys, settings.apiKeysFile);
  const verifyToken = createTokenVerifier(settings);
  const asksForKeys = keys.length > 0 || verifyToken !== undefined;
  if (!asksForKeys && settings.rateLimitKey > 0) throw limitWithoutKeys();
  const isOwnHost = asksForKeys ? () => true : ownHostCheck(settings);
  const addressOf = clientAddressReader(settings.trustProxies);
  const limitAddress = createRateLimit(settings.rateLimitAddress);
  const limitKey = createRateLimit(settings.rateLimitKey);

  const callerOf = async (presented: string | undefined): Promise<string | undefined> => {
    if (presented === undefined) return undefined;
    const key = findKey(keys, presented);
    if (key !== undefined) return `key:${key.name}`;
    const subject = await verifyToken?.(presented);
    return subject === undefined ? undefined : `subject:${subject}`;
  };

  /** @throws ApiError for a request that is not let in. */
  const check = async ({ method, headers }: Request, route: Route | undefined, address: string) => {
    checkWait(await limitAddress(networkOf(address)));
    const host = headers.get('host');
    if (host !== null && !isOwnHost(host)) throw unknownHost(host);
    // A browser that asks for leave cannot send a key along.
    if (asksForKeys && method !== 'OPTIONS' && (route?.needsKey ?? true)) {
      const caller = await callerOf(presentedKey(headers));
      if (caller === undefined) throw unauthenticated();
      noteRequest({ caller, party: caller });
      checkWait(await limitKey(caller));
    }
    const { maxBytes } = (route?.body?.limits ?? bodyLimits)(settings);
    checkLength(headers.get('content-length') ?? '0', maxBytes);
  };

  return {
    onRequest: async ({ request, url: { pathname: path }, serverContext, endResponse }) => {
      const route = table.find(request.method, path);
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
  const got = JSON.stringify(shorten(host, 100));
  const message = `expected a host header with localhost, an address or a name of --hosts, got ${got}`;
  return new ApiError('UNKNOWN_HOST', message);
}

const unauthenticated = (): ApiError =>
  new ApiError('UNAUTHENTICATED', 'expected a valid key, as authorization: Bearer KEY');

/** @param seconds undefined when there is no need to wait. */
function checkWait(seconds: number | undefined): void {
  if (seconds === undefined) return;
  const message = `expected fewer requests; try again in ${seconds} s`;
  throw new ApiError('RATE_LIMITED', message, { retryAfter: seconds });
}

function checkLength(length: string, maxBytes: number): void {
  if (!/^\d+$/.test(length)) {
    throw new ApiError('BAD_REQUEST', 'expected one number as content-length');
  }
  if (Number(length) > maxBytes) throw requestTooLarge(maxBytes);
}
