import { ApiError } from '../errors/api-error.ts';
import { type HostRefusal, hostAndPort } from './fetch-rules.ts';
import { RefusedAddressError } from './guarded-connector.ts';

/** What tells nothing of the host's ports. */
const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the host is unknown',
  EAI_AGAIN: 'the host is unknown',
  ENODATA: 'the host has no address',
  CERT_HAS_EXPIRED: "the host's certificate has expired",
  DEPTH_ZERO_SELF_SIGNED_CERT: "the host's certificate is self-signed",
  ERR_TLS_CERT_ALTNAME_INVALID: "the host's certificate is for another host",
};

/**
 * What undici, the socket or the lookup raised, as an error that a user can act on. Refused, closed,
 * cut short and timed out read the same, so that nobody can scan ports with this server.
 */
export function fetchFailure(error: unknown, url: URL, timeoutMs: number): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof RefusedAddressError) return hostNotAllowed(url);
  const code = errorCode(error);
  const reason = isBadCompression(code)
    ? 'the host sent an image in a broken content-encoding'
    : (REASONS[code] ?? `expected an image within ${timeoutMs / 1000} s, got none`);
  return new ApiError('IMAGE_FETCH_FAILED', `${reason}: ${urlForMessage(url)}`, { cause: error });
}

/** Names the flag that opens the host, and not the address: that is for the network's owner. */
function hostNotAllowed(url: URL): ApiError {
  const host = hostAndPort(url);
  return new ApiError(
    'HOST_NOT_ALLOWED',
    `${host} has a private or reserved address; --allow-hosts ${host} opens it`,
  );
}

/** For a host that the rules refuse before its addresses are known. */
export function refusedHost(url: URL, refusal: HostRefusal): ApiError {
  const host = hostAndPort(url);
  const reasons: Readonly<Record<HostRefusal, string>> = {
    denied: `${host} is a host that this server does not fetch from`,
    'not-listed': `${host} is not among the hosts that this server fetches from`,
    port: `expected a port for the web, got ${host}; --allow-hosts ${host} opens it`,
  };
  return new ApiError('HOST_NOT_ALLOWED', reasons[refusal]);
}

/** A URL to show, without query and fragment, which may hold secrets. */
export const urlForMessage = ({ origin, pathname }: URL): string => `${origin}${pathname}`;

/** Of zlib, Brotli and Zstandard, and of Node for what is left over. */
const isBadCompression = (code: string): boolean =>
  /^(Z_|ERR__ERROR_|ZSTD_error_|ERR_TRAILING_JUNK_)/.test(code);

function errorCode(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}
