/** What `@clipql/core` offers in Node alone. */
import '../node-version.ts';

export type { DownloadProgress, OnProgress } from '../hub/progress.ts';
export type { CachedModel } from './hub/cache.ts';
export {
  describeAddress,
  type ModelAddress,
  type PinnedFile,
  type PlacedFile,
  parseModelAddress,
} from './hub/model-address.ts';
export { cachedModel, locateModel, pullModel } from './hub/pull.ts';
export type { RemoteAddress } from './hub/remote-folder.ts';
export { type HubSettings, hubSettings } from './hub/settings.ts';
export { type Lock, type LockHolder, tryLock } from './lock.ts';
export { modelFromFolder } from './model-folder.ts';
