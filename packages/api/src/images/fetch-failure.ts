import { ApiError } from '../errors.ts';
import { hostAndPort } from './allowed-hosts.ts';
import { RefusedAddressError } from './socket-lookup.ts';

/** Why a host could not be reached, by the code that Node gives. */
const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the host is unknown',
  EAI_AGAIN: 'the host is unknown',
  ENODATA: 'the host has no address',
  ECONNREFUSED: 'the host refused the connection',
  ECONNRESET: 'the host broke the connection off',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  UND_ERR_SOCKET: 'the host broke the connection off',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the host sent less than it announced',
  CERT_HAS_EXPIRED: "the host's certificate has expired",
  DEPTH_ZERO_SELF_SIGNED_CERT: "the host's certificate is self-signed",
  ERR_TLS_CERT_ALTNAME_INVALID: "the host's certificate is for another host",
};

const TIMEOUTS = new Set([
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
]);

/** What undici, the socket or the lookup raised, as an error that a user can act on. */
export function fetchFailure(error: unknown, url: URL, timeoutMs: number): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof RefusedAddressError) return hostNotAllowed(url);
  const code = errorCode(error);
  if ((error instanceof Error && error.name === 'TimeoutError') || TIMEOUTS.has(code)) {
    return new ApiError(
      'IMAGE_FETCH_TIMEOUT',
      `expected the image within ${timeoutMs / 1000} s, got no end of it: ${urlForMessage(url)}`,
      { cause: error },
    );
  }
  const reason = REASONS[code] ?? `the request failed${code === '' ? '' : ` (${code})`}`;
  return new ApiError('IMAGE_FETCH_FAILED', `${reason}: ${urlForMessage(url)}`, { cause: error });
}

/** Names the flag that opens the host, and not the address: that is for the network's owner. */
export function hostNotAllowed(url: URL): ApiError {
  const host = hostAndPort(url);
  return new ApiError(
    'HOST_NOT_ALLOWED',
    `${host} has a private or reserved address; --allow-hosts ${host} opens it`,
  );
}

/** A URL to show, without query and fragment, which may hold secrets. */
export const urlForMessage = ({ origin, pathname }: URL): string => `${origin}${pathname}`;

function errorCode(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}
