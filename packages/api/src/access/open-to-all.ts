import { isLoopback } from './own-hosts.ts';

/** The settings that bring keys or tokens. */
interface Keys {
  readonly apiKeys: readonly unknown[];
  readonly apiKeysFile?: string | undefined;
  readonly jwtSecret?: string | undefined;
  readonly jwtKeysFile?: string | undefined;
}

/** Whether a key or a token is needed. */
export function asksForKeys({ apiKeys, apiKeysFile, jwtSecret, jwtKeysFile }: Keys): boolean {
  return [...apiKeys, apiKeysFile, jwtSecret, jwtKeysFile].some((key) => key !== undefined);
}

/** What whoever starts a server is to know when other machines reach it and need no key; undefined otherwise. */
export function openToAll(settings: Keys & { readonly host: string }): string | undefined {
  const { host } = settings;
  if (isLoopback(host) || asksForKeys(settings)) return undefined;
  return `whoever reaches ${host} may ask without a key: --api-keys or --jwt-keys-file lets in some alone`;
}
