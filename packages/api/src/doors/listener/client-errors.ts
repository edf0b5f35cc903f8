import { ApiError } from '../../errors/api-error.ts';
import { describeError, type PublicError } from '../../errors/public-error.ts';

/**
 * What HTTP's parser has to say of a client.
 *
 * @returns undefined where there is nobody left to tell.
 */
export function clientError({ code }: NodeJS.ErrnoException): PublicError | undefined {
  if (code === 'ECONNRESET' || code === 'EPIPE') return undefined;
  return describeError(MEANINGS[code ?? '']?.() ?? notHttp());
}

const MEANINGS: Readonly<Record<string, () => ApiError>> = {
  ERR_HTTP_REQUEST_TIMEOUT: () =>
    new ApiError('REQUEST_TIMEOUT', 'expected the whole request in time, got a part of it'),
  HPE_INVALID_METHOD: () =>
    new ApiError(
      'BAD_REQUEST',
      'expected a request that begins with an HTTP method, such as GET or POST, got something else',
    ),
  HPE_HEADER_OVERFLOW: () =>
    new ApiError('HEADERS_TOO_LARGE', 'expected headers of at most 16 KiB, got more'),
};

const notHttp = () => new ApiError('BAD_REQUEST', 'expected a request in HTTP, got something else');
