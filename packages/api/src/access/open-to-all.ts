import type { Settings } from '../settings/settings.ts';
import { isLoopback } from './own-hosts.ts';

type Doors = Pick<Settings, 'host' | 'apiKeys' | 'apiKeysFile' | 'jwtSecret' | 'jwtKeysFile'>;

/** What whoever starts a server is to know when other machines reach it and need no key; undefined otherwise. */
export function openToAll(settings: Doors): string | undefined {
  const { host, apiKeys, apiKeysFile, jwtSecret, jwtKeysFile } = settings;
  const keys = [...apiKeys, apiKeysFile, jwtSecret, jwtKeysFile];
  if (isLoopback(host) || keys.some((key) => key !== undefined)) return undefined;
  return `whoever reaches ${host} may ask without a key: --api-keys or --jwt-keys-file lets in some alone`;
}
