/** A process that does what a worker does with images, and keeps nothing. */
import { API } from '../kit/folders.ts';

export interface EmbeddingSettings {
  /** A model's folder. */
  readonly model: string;
  readonly threads: number;
}

/** Images to fetch, decode and embed. */
export interface EmbeddingRequest {
  readonly urls: readonly string[];
}

export interface EmbeddingReply {
  /** Why an image could not be embedded, the first time that happened. */
  readonly failure: string | undefined;
}

/** What is asked here of the server's modules, which are no library: `jobs/fetch-item.ts`. */
interface Fetcher {
  withItem(
    item: { readonly source: string },
    folder: undefined,
    signal: AbortSignal,
    work: (read: { readonly bytes: Uint8Array }) => Promise<unknown>,
  ): Promise<unknown>;
}

/** `jobs/embed-item.ts`. */
interface Embedder {
  embed(bytes: Uint8Array, signal: AbortSignal, begin: () => Promise<void>): Promise<unknown>;
}

/** Requests at a time to one host, and bytes of an image: `clipql worker`'s own. */
const FETCHES_PER_HOST = 4;
const MAX_FILE_BYTES = 2 ** 28;

const load = async (path: string) => import(new URL(path, API).href);

async function open({ model, threads }: EmbeddingSettings): Promise<[Fetcher, Embedder]> {
  const { modelSources } = await load('models/model-sources.js');
  const { createModelRegistry } = await load('models/registry.js');
  const { createImageFetcher } = await load('images/fetch-image.js');
  const { imagesOfServer } = await load('images/read-image.js');
  const { ItemReader } = await load('jobs/item-reader.js');
  const { ItemFetcher } = await load('jobs/fetch-item.js');
  const { ItemEmbedder } = await load('jobs/embed-item.js');
  const sources = modelSources([model], { threads }, { inference: { decodeThreads: threads } });
  const lease = await createModelRegistry(sources).lease();
  const images = createImageFetcher({ allowHosts: ['127.0.0.1'], cacheBytes: 0 });
  const reader = new ItemReader({
    read: imagesOfServer(images, new Set()),
    folders: [],
    maxFileBytes: MAX_FILE_BYTES,
  });
  return [
    new ItemFetcher({ reader, fetchesPerHost: FETCHES_PER_HOST, retryDelay: 1_000 }),
    new ItemEmbedder(lease.model, 'bench workers'),
  ];
}

const [model, threads] = process.argv.slice(2);
const opened = open({ model: model!, threads: Number(threads) });
const { signal } = new AbortController();

async function embed(url: string): Promise<void> {
  const [fetcher, embedder] = await opened;
  await fetcher.withItem({ source: url }, undefined, signal, ({ bytes }) =>
    embedder.embed(bytes, signal, async () => {}),
  );
}

process.on('message', async ({ urls }: EmbeddingRequest) => {
  const ended = await Promise.allSettled(urls.map(embed));
  const failed = ended.find((one) => one.status === 'rejected');
  const reply: EmbeddingReply = { failure: failed && String(failed.reason) };
  process.send!(reply);
});
