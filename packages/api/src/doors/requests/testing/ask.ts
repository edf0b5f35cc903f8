import { createHash, randomBytes } from 'node:crypto';
import { afterAll } from 'vitest';
import { type Flags, parseSettings } from '../../../settings/settings.ts';
import { startApi, type TestApi } from '../../../testing/api.ts';

export const APP_KEY = randomBytes(32).toString('hex');
export const JOB_KEY = randomBytes(32).toString('base64url');

/** A key as the server's settings have it. */
export const hashed = (name: string, key: string): string =>
  `${name}:${createHash('sha256').update(key).digest('hex')}`;

export const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

export interface Ask {
  readonly headers?: Readonly<Record<string, string>>;
  /** The connection's other end. */
  readonly address?: string;
  readonly path?: string;
}

/** Sends a small query, to any path. */
export const ask = (api: TestApi, { headers, address, path = '/graphql' }: Ask = {}) =>
  api.fetch(
    path,
    {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query: '{ models { name } }' }),
    },
    { address },
  );

/** Starts servers with flags, all of which end with the test file. */
export function serversWith(): (flags: Flags) => Promise<TestApi> {
  const apis: TestApi[] = [];
  afterAll(() => Promise.all(apis.map((api) => api.close())));
  return async (flags) => {
    const api = await startApi({ settings: parseSettings(flags, {}) });
    apis.push(api);
    return api;
  };
}
