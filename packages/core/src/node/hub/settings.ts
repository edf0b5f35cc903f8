import { join } from 'node:path';

/** Where models come from and where they are kept. */
export interface HubSettings {
  /** The hub, without a slash at the end. */
  readonly endpoint: string;
  /** Folder of the cache that Python's huggingface_hub uses too. */
  readonly cache: string;
  /** Folder for models from URLs, which that cache has no place for. */
  readonly urlCache: string;
  /** Sent to the endpoint alone. */
  readonly token: string | undefined;
  /** A file with the token, looked at where there is no `token`. */
  readonly tokenFile: string;
  /** Whether nothing may be requested. */
  readonly offline: boolean;
  readonly proxies: Proxies;
  /** Waits before another try when a connection is lost, in seconds. */
  readonly retryWaits: readonly number[];
}

/** As the variables of the same names have it; empty for none. */
interface Proxies {
  readonly httpProxy: string;
  readonly httpsProxy: string;
  /** Hosts to reach without a proxy, with commas between them. */
  readonly noProxy: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const PUBLIC_HUB = 'https://huggingface.co';
const TRUE = /^(1|on|yes|true)$/i;

/**
 * Reads the variables that Python's `huggingface_hub` reads (HF_ENDPOINT, HF_HOME, HF_HUB_CACHE, HF_TOKEN,
 * HF_TOKEN_PATH, HF_HUB_OFFLINE), and XDG_CACHE_HOME, HTTP_PROXY, HTTPS_PROXY and NO_PROXY.
 *
 * @param environment such as `process.env`; nothing is read from anywhere else.
 * @param home the user's home folder.
 * @example
 * ```ts
 * import { hubSettings } from '@clipql/core/node';
 *
 * const { cache, offline } = hubSettings({ HF_HUB_OFFLINE: '1' }, '/home/me');
 * console.log(cache, offline); // /home/me/.cache/huggingface/hub true
 * ```
 */
export function hubSettings(environment: Environment, home: string): HubSettings {
  const first = (...names: readonly string[]): string | undefined =>
    names.map((name) => environment[name]?.trim()).find((value) => value);
  const folder = (name: string): string | undefined => first(name)?.replace(/^~(?=$|[\\/])/, home);

  const caches = folder('XDG_CACHE_HOME') ?? join(home, '.cache');
  const hfHome = folder('HF_HOME') ?? join(caches, 'huggingface');
  return {
    endpoint: (first('HF_ENDPOINT') ?? PUBLIC_HUB).replace(/\/+$/, ''),
    cache: folder('HF_HUB_CACHE') ?? folder('HUGGINGFACE_HUB_CACHE') ?? join(hfHome, 'hub'),
    urlCache: join(caches, 'clipql', 'urls'),
    token: first('HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN'),
    tokenFile: folder('HF_TOKEN_PATH') ?? join(hfHome, 'token'),
    offline: TRUE.test(first('HF_HUB_OFFLINE') ?? ''),
    proxies: {
      httpProxy: first('http_proxy', 'HTTP_PROXY') ?? '',
      httpsProxy: first('https_proxy', 'HTTPS_PROXY') ?? '',
      noProxy: first('no_proxy', 'NO_PROXY') ?? '',
    },
    retryWaits: [0.5, 1, 2, 5, 10],
  };
}
