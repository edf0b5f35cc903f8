/** The one place of core that requests anything from the network. */
import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { EnvHttpProxyAgent } from 'undici';
import { ClipError } from '../../errors.ts';
import { PassingError } from '../../hub/retry.ts';
import { shownUrl } from './model-address.ts';
import type { HubSettings } from './settings.ts';

export interface HttpResponse {
  /** Where it came from, after redirects. */
  readonly url: URL;
  readonly status: number;
  /** The first value of a header, by its name in lower case. */
  header(name: string): string | undefined;
  /** To be read or destroyed. */
  readonly body: Readable;
}

interface HttpRequest {
  readonly method: 'GET' | 'HEAD';
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether to follow a redirect, by its response; every one unless given. */
  readonly follow?: (response: HttpResponse, target: URL) => boolean;
}

/** Requests over the proxies of the settings, with the token where it belongs. */
export interface HttpClient {
  /**
   * @throws PassingError where the connection is lost; ClipError DOWNLOAD_FAILED where the host is not
   *   to be reached, or redirects do not end.
   */
  request(url: URL, request: HttpRequest): Promise<HttpResponse>;
  /** As {@link HubSettings.retryWaits}. */
  readonly retryWaits: readonly number[];
  /** Whether requests to the endpoint carry a token. */
  hasToken(): Promise<boolean>;
  close(): Promise<void>;
}

const MAX_REDIRECTS = 8;
const CONNECT_TIMEOUT_MS = 20_000;
/** Without a byte for so long, a connection counts as lost. */
const SILENCE_MS = 60_000;

export function createHttpClient(settings: HubSettings): HttpClient {
  let opened: Promise<Connections> | undefined;
  const { origin: endpoint } = new URL(settings.endpoint);
  let token: Promise<string | undefined> | undefined;
  const getToken = () => {
    token ??= settings.token === undefined ? readToken(settings) : Promise.resolve(settings.token);
    return token;
  };

  const send = async (url: URL, { method, headers }: HttpRequest): Promise<HttpResponse> => {
    const authorization = url.origin === endpoint ? await getToken() : undefined;
    opened ??= openConnections(settings);
    const { request, dispatcher } = await opened;
    try {
      const response = await request(url, {
        method,
        dispatcher,
        headers: {
          'user-agent': 'clipql',
          // A compressed body has another length and other ranges than the file.
          'accept-encoding': 'identity',
          ...headers,
          ...(authorization !== undefined && { authorization: `Bearer ${authorization}` }),
        },
      });
      return {
        url,
        status: response.statusCode,
        header: (name) => [response.headers[name]].flat()[0],
        body: response.body,
      };
    } catch (cause) {
      throw connectionFailure(url, cause);
    }
  };

  return {
    request: async (start, options) => {
      let url = start;
      for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
        const response = await send(url, options);
        const target = redirectTarget(response);
        if (target === undefined || options.follow?.(response, target) === false) return response;
        discard(response);
        url = target;
      }
      const most = `at most ${MAX_REDIRECTS} redirects`;
      throw new ClipError('DOWNLOAD_FAILED', `${shownUrl(start.href)}: expected ${most}, got more`);
    },
    retryWaits: settings.retryWaits,
    hasToken: async () => (await getToken()) !== undefined,
    close: async () => (await opened)?.dispatcher.close(),
  };
}

interface Connections {
  readonly request: typeof import('undici').request;
  readonly dispatcher: EnvHttpProxyAgent;
}

/** Loads undici at the first request: a model that is on the disk does without its 13 MB. */
async function openConnections({ proxies }: HubSettings): Promise<Connections> {
  const { EnvHttpProxyAgent, request } = await import('undici');
  const dispatcher = new EnvHttpProxyAgent({
    ...proxies,
    connect: { timeout: CONNECT_TIMEOUT_MS },
    headersTimeout: SILENCE_MS,
    bodyTimeout: SILENCE_MS,
  });
  return { request, dispatcher };
}

/** Ends a response whose body is of no interest. */
export function discard({ body }: HttpResponse): void {
  body.on('error', () => {});
  body.destroy();
}

function redirectTarget({ url, status, header }: HttpResponse): URL | undefined {
  const location = header('location');
  if (![301, 302, 303, 307, 308].includes(status) || location === undefined) return undefined;
  const target = URL.canParse(location, url) ? new URL(location, url) : undefined;
  const isWeb = target?.protocol === 'https:' || target?.protocol === 'http:';
  if (
    target === undefined ||
    !isWeb ||
    (url.protocol === 'https:' && target.protocol === 'http:')
  ) {
    const expected = `${url.origin}: expected a redirect to another ${url.protocol.slice(0, -1)} URL`;
    throw new ClipError('DOWNLOAD_FAILED', `${expected}, got ${shownUrl(location).slice(0, 200)}`);
  }
  return target;
}

async function readToken({ tokenFile }: HubSettings): Promise<string | undefined> {
  const text = await readFile(tokenFile, 'utf8').catch(() => '');
  return text.trim() || undefined;
}

/** What a failed connection is called, with what to do about it. */
export function connectionFailure({ host }: URL, cause: unknown): PassingError | ClipError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const lasting = LASTING[code];
  if (lasting !== undefined) {
    return new ClipError('DOWNLOAD_FAILED', `${host}: ${lasting}`, { cause });
  }
  const reason = PASSING[code] ?? `the connection failed (${code || 'no reason was given'})`;
  return new PassingError(`${host}: ${reason}`, { cause });
}

const CERTIFICATE =
  'its certificate is not trusted; NODE_EXTRA_CA_CERTS names a file with further authorities';
const UNKNOWN_HOST =
  'its name is not known here; check the connection, HF_ENDPOINT, and HTTPS_PROXY where one is needed';

const LASTING: Readonly<Record<string, string>> = {
  ENOTFOUND: UNKNOWN_HOST,
  EAI_AGAIN: UNKNOWN_HOST,
  ECONNREFUSED:
    'the connection was refused; check HF_ENDPOINT, and HTTPS_PROXY where one is needed',
  UND_ERR_CONNECT_TIMEOUT:
    'it did not answer in time; check the connection, and HTTPS_PROXY where one is needed',
  SELF_SIGNED_CERT_IN_CHAIN: CERTIFICATE,
  DEPTH_ZERO_SELF_SIGNED_CERT: CERTIFICATE,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: CERTIFICATE,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: CERTIFICATE,
};

const LOST = 'the connection was lost';

const PASSING: Readonly<Record<string, string>> = {
  ECONNRESET: LOST,
  EPIPE: LOST,
  UND_ERR_SOCKET: LOST,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: LOST,
  UND_ERR_ABORTED: LOST,
  UND_ERR_HEADERS_TIMEOUT: 'it did not answer in time',
  UND_ERR_BODY_TIMEOUT: 'nothing came for a minute',
};
