import { ClipError, grouped } from '../errors.ts';
import type { HubModelRequest } from '../hub/options.ts';
import { withRetries } from '../hub/retry.ts';
import {
  type FileSet,
  MAX_JSON_BYTES,
  type ModelFiles,
  REQUIRED_FILES,
  WEIGHTS_FILES,
} from '../model-files.ts';
import type { ByteSource } from '../weights/byte-source.ts';
import { type FileStore, openFileStore } from './file-store.ts';
import { downloadedBytes, RETRY_WAITS } from './hub-download.ts';
import { fetchListing, type HubFile, listingUrl, parseListing } from './hub-listing.ts';

/** A model of a hub in a page: what is not in Cache Storage is downloaded when it is read. */
export async function openHubModel(request: HubModelRequest): Promise<ModelFiles> {
  const { id, token, onProgress = () => {}, revision = 'main' } = request;
  const store = await openFileStore(request.cache ?? 'clipql');
  const files = await listFiles(store, request);
  const blobs = new Map<string, Promise<Blob>>();

  const blobOf = (file: HubFile): Promise<Blob> => {
    const opened = blobs.get(file.name);
    if (opened !== undefined) return opened;
    const opening = findOrDownload(file);
    blobs.set(file.name, opening);
    opening.catch(() => blobs.delete(file.name));
    return opening;
  };
  const findOrDownload = async (file: HubFile): Promise<Blob> => {
    const { name, size, url } = file;
    const kept = await store.find(url);
    if (kept?.size === size) {
      onProgress({ kind: 'done', file: name, size, cached: true });
      return kept;
    }
    const blob = await store.keep({ url, size, hash: file.checksum?.value }, (kept) =>
      downloadedBytes(file, { token, onProgress, kept }),
    );
    onProgress({ kind: 'done', file: name, size, cached: false });
    return blob;
  };
  const read = async (name: string): Promise<Uint8Array | undefined> => {
    const file = files.get(name);
    if (file === undefined) return undefined;
    if (file.size <= MAX_JSON_BYTES) return bytesOf(await blobOf(file));
    const message = `${name}: expected at most ${grouped(MAX_JSON_BYTES)} bytes, got ${grouped(file.size)}`;
    throw new ClipError('MODEL_CONFIG_INVALID', message);
  };
  const firstSet = (choices: readonly FileSet[]): FileSet => {
    const set = choices.find((names) => names.every((name) => files.has(name)));
    if (set !== undefined) return set;
    const listed = choices.map((names) => names.join(' with ')).join(' and no ');
    throw new ClipError(
      'MODEL_NOT_FOUND',
      `${id} has no ${listed} at revision ${revision}; ClipQL reads models in the layouts of transformers and open_clip`,
    );
  };

  return {
    name: id,
    read,
    openWeights: async () => {
      const [weights] = firstSet(WEIGHTS_FILES.map((name) => [name]));
      // A model that lacks one of them need not download its weights.
      const names = new Set(REQUIRED_FILES.flatMap(firstSet));
      await Promise.all([...names].map(read));
      return bytesInBlob(await blobOf(files.get(weights)!));
    },
  };
}

/** What was listed when the model was first loaded counts until the cache is deleted. */
async function listFiles(
  store: FileStore,
  request: HubModelRequest,
): Promise<ReadonlyMap<string, HubFile>> {
  const url = listingUrl(request);
  const kept = await store.find(url);
  if (kept !== undefined) return parseListing(await bytesOf(kept), request);
  const { onProgress = () => {}, id } = request;
  const json = await withRetries(() => fetchListing(request), {
    waits: RETRY_WAITS,
    onRetry: (reason, seconds) => onProgress({ kind: 'retry', file: id, reason, seconds }),
    advice: async () => 'try again later; the hub must allow this page by CORS',
  });
  const files = parseListing(json, request);
  await store.keep({ url, size: json.length, hash: undefined }, () => once(json));
  return files;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

const bytesOf = async (blob: Blob): Promise<Uint8Array> => new Uint8Array(await blob.arrayBuffer());

/** Reads parts of a file that the browser may have on disk. */
function bytesInBlob(blob: Blob): ByteSource {
  return {
    size: blob.size,
    read: async (offset, target) => {
      const end = offset + target.length;
      if (offset < 0 || end > blob.size) {
        const message = `expected bytes ${grouped(offset)} to ${grouped(end)}, got a file of ${grouped(blob.size)}`;
        throw new ClipError('WEIGHTS_INVALID', message);
      }
      target.set(await bytesOf(blob.slice(offset, end)));
    },
    close: async () => {},
  };
}
