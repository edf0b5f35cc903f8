import { Agent, type Dispatcher, request } from 'undici';
import { ApiError } from '../errors/api-error.ts';
import { grouped } from '../errors/grouped.ts';
import { quoted } from '../errors/one-line.ts';
import { MAX_IMAGE_BYTES } from '../limits/images.ts';
import { withSpan } from '../telemetry/tracing.ts';
import { decompressed } from './content-encoding.ts';
import { dnsLookup } from './dns-lookup.ts';
import { downloadCache } from './download-cache.ts';
import { fetchFailure, refusedHost, urlForMessage } from './fetch-failure.ts';
import { createFetchGuard, type FetchRules, MAX_NAME } from './fetch-rules.ts';
import { type AddressLookup, guardedConnector } from './guarded-connector.ts';

export interface FetchImageOptions extends FetchRules {
  /** Once decompressed; 20 MiB unless given. */
  readonly maxBytes?: number;
  /** For downloads that their hosts allow to keep; 64 MiB unless given, 0 keeps none. */
  readonly cacheBytes?: number;
  /** For redirects, headers and body together; 10 s unless given. */
  readonly timeoutMs?: number;
  /** Finds a host's addresses; name servers for public hosts, the system for allowed ones unless given. */
  readonly lookup?: AddressLookup;
  /** Where to connect to for an address that the guard accepted: to itself, but for tests. */
  readonly route?: (address: string) => string;
}

type OnBytes = (count: number) => void;

/** The one door to the network. */
export interface ImageFetcher {
  /**
   * An image's bytes; what they are is not looked at.
   *
   * @param imageUrl http or https.
   * @param gone tells that nobody waits for the image any more; its reason is thrown.
   * @param onBytes told how many came, chunk by chunk; an ApiError that it throws ends the fetch.
   * @throws ApiError BAD_IMAGE_URL, HOST_NOT_ALLOWED, IMAGE_FETCH_FAILED or IMAGE_TOO_LARGE.
   */
  fetch(imageUrl: string, gone?: AbortSignal, onBytes?: OnBytes): Promise<Uint8Array>;
  /** Breaks off what is in flight and closes all connections. */
  close(): Promise<void>;
}

const DEFAULT_CACHE_BYTES = 64 * 1024 * 1024;
const MAX_REDIRECTS = 3;
/** Of a URL. Signed ones have two or three thousand. */
const MAX_CHARACTERS = 8_192;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Of 4xx, those that another time may not be: too slow, too early, too many. */
const PASSING = new Set([408, 425, 429]);
const HEADERS = {
  accept: 'image/*',
  // Images are compressed already.
  'accept-encoding': 'identity',
  'user-agent': 'ClipQL',
};

/** Opens the door: hosts, sizes and times are checked here and nowhere else. */
export function createImageFetcher(options: FetchImageOptions = {}): ImageFetcher {
  const { maxBytes = MAX_IMAGE_BYTES, timeoutMs = 10_000, lookup, route } = options;
  const { cacheBytes = DEFAULT_CACHE_BYTES } = options;
  const guard = createFetchGuard(options);
  const agentFor = (accepts: (address: string) => boolean, find: AddressLookup | undefined) =>
    new Agent({ allowH2: false, connect: guardedConnector({ accepts, lookup: find, route }) });
  const caching = downloadCache(cacheBytes, maxBytes);
  const publicHosts = agentFor(guard.acceptsPublic, lookup ?? dnsLookup());
  const allowedHosts = agentFor(guard.acceptsAny, lookup);

  const dispatcherFor = (url: URL): Dispatcher => {
    const refusal = guard.refusal(url);
    if (refusal !== undefined) throw refusedHost(url, refusal);
    // What is kept was fetched by the same rules, for these look at nothing but the URL and its host.
    return caching(guard.isAllowed(url) ? allowedHosts : publicHosts);
  };

  const get = async (
    url: URL,
    signal: AbortSignal,
    onBytes: OnBytes | undefined,
  ): Promise<URL | Uint8Array> => {
    const dispatcher = dispatcherFor(url);
    const response = await request(url, { dispatcher, signal, headers: HEADERS });
    try {
      const target = redirectTarget(url, response);
      if (target !== undefined) return target;
      checkHead(url, response, maxBytes);
      const body = decompressed(response.body, response.headers['content-encoding']);
      return await readBody(url, body, maxBytes, onBytes);
    } finally {
      response.body.on('error', () => {}).destroy();
    }
  };

  const follow = async (
    from: URL,
    gone: AbortSignal | undefined,
    onBytes: OnBytes | undefined,
  ): Promise<Uint8Array> => {
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = gone === undefined ? timeout : AbortSignal.any([timeout, gone]);
    let url = from;
    try {
      for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
        const result = await get(url, signal, onBytes);
        if (result instanceof Uint8Array) return result;
        url = result;
      }
    } catch (error) {
      gone?.throwIfAborted();
      throw fetchFailure(error, url, timeoutMs);
    }
    throw new ApiError(
      'IMAGE_FETCH_FAILED',
      `expected at most ${MAX_REDIRECTS} redirects, got more: ${urlForMessage(url)}`,
    );
  };

  return {
    fetch: async (imageUrl, gone, onBytes) => {
      const url = parseUrl(imageUrl);
      return withSpan('fetch image', { 'server.address': url.hostname }, () =>
        follow(url, gone, onBytes),
      );
    },
    close: async () => {
      await Promise.all([publicHosts.destroy(), allowedHosts.destroy()]);
    },
  };
}

function parseUrl(text: string, base?: URL): URL {
  if (text.length > MAX_CHARACTERS) {
    const most = grouped(MAX_CHARACTERS);
    const got = grouped(text.length);
    throw new ApiError('BAD_IMAGE_URL', `expected a URL of at most ${most} characters, got ${got}`);
  }
  const url = URL.parse(text, base);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    const got = quoted(text, 100);
    throw new ApiError('BAD_IMAGE_URL', `expected an http, https or data URL, got ${got}`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new ApiError(
      'BAD_IMAGE_URL',
      `expected a URL without a user name or password, got one for ${url.host}`,
    );
  }
  const { length } = url.hostname.replace(/\.$/, '');
  if (length > MAX_NAME) {
    const expected = `expected a host of at most ${MAX_NAME} characters`;
    throw new ApiError('BAD_IMAGE_URL', `${expected}, got one of ${grouped(length)}`);
  }
  return url;
}

function redirectTarget(
  url: URL,
  { statusCode, headers }: Dispatcher.ResponseData,
): URL | undefined {
  const { location } = headers;
  if (!REDIRECTS.has(statusCode) || typeof location !== 'string') return undefined;
  return parseUrl(escapeBytes(location), url);
}

/**
 * undici gives a header's bytes as characters up to U+00FF. Escaped one by one they make the URL that
 * was meant, in UTF-8 or any other encoding; as characters they would be encoded a second time.
 */
const escapeBytes = (header: string): string =>
  header.replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`);

function checkHead(url: URL, response: Dispatcher.ResponseData, maxBytes: number): void {
  const { statusCode, headers } = response;
  if (statusCode < 200 || statusCode > 299) {
    throw new ApiError(
      'IMAGE_FETCH_FAILED',
      `expected an image, got HTTP status ${statusCode}: ${urlForMessage(url)}`,
      { retryable: !isFinal(statusCode), ...retryAfter(headers['retry-after']) },
    );
  }
  if (Number(headers['content-length'] ?? 0) > maxBytes) throw tooLarge(url, maxBytes);
}

/** Seconds, from a count of them or a date (RFC 9110, 10.2.3); nothing for what is neither. */
function retryAfter(header: string | string[] | undefined): { retryAfter?: number } {
  const text = String(header ?? '').trim();
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? { retryAfter: Math.max(0, Math.ceil(seconds)) } : {};
}

const isFinal = (status: number): boolean => status >= 400 && status < 500 && !PASSING.has(status);

async function readBody(
  url: URL,
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
  onBytes: OnBytes | undefined,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge(url, maxBytes);
    onBytes?.(chunk.length);
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

function tooLarge(url: URL, maxBytes: number): ApiError {
  return new ApiError(
    'IMAGE_TOO_LARGE',
    `expected an image of at most ${maxBytes / 1024 / 1024} MiB, got more: ${urlForMessage(url)}`,
  );
}
