import type { YogaInitialContext } from 'graphql-yoga';
import type { ImageFetcher } from './images/fetch-image.ts';
import { imagesOfServer } from './images/read-image.ts';
import { MAX_IMAGES } from './limits.ts';
import type { LoadedModel } from './loaded-model.ts';
import { createLoaders, type Loaders } from './loaders.ts';

/** What the server has for all requests. */
export interface Services {
  readonly model: LoadedModel;
  readonly fetcher: ImageFetcher;
}

/** What the listener tells of a request, beside the request itself. */
export interface ServerContext {
  /** The port that the request came in on; undefined without a listener. */
  readonly port?: number | undefined;
}

/** What resolvers get. Made anew for each operation, so that nothing is shared between users. */
export interface Context {
  readonly model: LoadedModel;
  readonly loaders: Loaders;
}

export function createContext(
  { model, fetcher }: Services,
  { request, port }: Pick<YogaInitialContext, 'request'> & ServerContext,
): Context {
  const readImage = imagesOfServer(fetcher, ownHosts(request.url, port));
  return { model, loaders: createLoaders(model, readImage, MAX_IMAGES) };
}

/** The names by which a client may know this server: the one it used, and this machine's. */
function ownHosts(requestUrl: string, port: number | undefined): ReadonlySet<string> {
  const hosts = new Set([new URL(requestUrl).host]);
  if (port !== undefined) {
    for (const name of ['localhost', '127.0.0.1', '[::1]'])
      hosts.add(new URL(`http://${name}:${port}`).host);
  }
  return hosts;
}
