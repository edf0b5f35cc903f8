import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Flags, parseSettings } from '../../settings/settings.ts';
import type { TestApi } from '../../testing/api.ts';
import { WAIT } from '../../testing/held-tower.ts';
import { APP_KEY, ask, bearer, hashed, JOB_KEY, serversWith } from './testing/ask.ts';

const SECRET = randomBytes(32).toString('hex');

let folder: string;
const apiWith = serversWith();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipql-access-'));
});

afterAll(() => rm(folder, { recursive: true }));

/** An error in the form that clients of the path read. */
const refusal = (code: string, path: string): object =>
  path.startsWith('/v1/') ? { error: { code } } : { errors: [{ extensions: { code } }] };

describe('with API keys', () => {
  let api: TestApi;

  beforeAll(async () => {
    const apiKeysFile = join(folder, 'keys');
    await writeFile(apiKeysFile, `# jobs\n\n${hashed('job', JOB_KEY)}\n`);
    api = await apiWith({ apiKeys: hashed('app', APP_KEY), apiKeysFile });
  });

  test.each([
    ['authorization', bearer(APP_KEY)],
    ['authorization, of the file', bearer(JOB_KEY)],
    ['x-api-key', { 'x-api-key': APP_KEY }],
  ])('a valid key as %s lets in', async (_how, headers) => {
    expect((await ask(api, { headers })).status).toBe(200);
  });

  test.each([
    ['none', {}],
    ['an empty one', { 'x-api-key': '' }],
    ['another', bearer(randomBytes(32).toString('hex'))],
    ['the beginning of one', bearer(APP_KEY.slice(0, -1))],
    ['the hash of one', bearer(createHash('sha256').update(APP_KEY).digest('hex'))],
    ['the name of one', bearer('app')],
    ['one by another scheme', { authorization: `Basic ${APP_KEY}` }],
  ])('%s does not', async (_what, headers) => {
    for (const path of ['/graphql', '/invocations', '/v1/embeddings', '/no/such/door']) {
      const response = await ask(api, { headers, path });
      expect(response.status, path).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
      expect(await response.json()).toMatchObject(refusal('UNAUTHENTICATED', path));
    }
  });

  test('a wrong key is told in OpenAI’s form where its clients ask', async () => {
    const response = await ask(api, { headers: bearer('x'), path: '/v1/embeddings' });
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({
      error: {
        message: 'expected a valid key, as authorization: Bearer KEY',
        type: 'invalid_request_error',
        param: null,
        code: 'UNAUTHENTICATED',
      },
    });
  });

  test('metrics need a key; what watches the server, and pages, do not', async () => {
    expect((await api.fetch('/metrics')).status).toBe(401);
    expect((await api.fetch('/metrics', { headers: bearer(APP_KEY) })).status).toBe(200);
    for (const path of ['/healthz', '/readyz', '/ping', '/examples/']) {
      expect((await api.fetch(path)).status, path).toBe(200);
    }
  });
});

test('without keys nobody needs one', async () => {
  expect((await ask(await apiWith({}))).status).toBe(200);
});

describe('with JSON Web Tokens', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  let api: TestApi;

  beforeAll(async () => {
    const jwtKeysFile = join(folder, 'jwks.json');
    const jwk = { ...(await exportJWK(publicKey)), kid: 'a', alg: 'ES256', use: 'sig' };
    await writeFile(jwtKeysFile, JSON.stringify({ keys: [jwk] }));
    api = await apiWith({
      jwtSecret: SECRET,
      jwtKeysFile,
      jwtIssuer: 'https://issuer.example',
      jwtAudience: 'clipql',
    });
  });

  interface Claims {
    readonly alg?: string;
    readonly issuer?: string;
    readonly audience?: string;
    readonly expires?: number;
    readonly key?: Parameters<SignJWT['sign']>[0];
    readonly subject?: unknown;
  }

  const now = Math.floor(Date.now() / 1000);
  const token = ({ alg = 'HS256', key = Buffer.from(SECRET), ...claims }: Claims = {}) =>
    new SignJWT({ sub: 'subject' in claims ? claims.subject : 'alice' } as JWTPayload)
      .setProtectedHeader({ alg, ...(alg === 'ES256' && { kid: 'a' }) })
      .setIssuer(claims.issuer ?? 'https://issuer.example')
      .setAudience(claims.audience ?? 'clipql')
      .setExpirationTime(claims.expires ?? now + 3600)
      .sign(key);

  test('a token signed with the secret, or with a key of the file, lets in', async () => {
    expect((await ask(api, { headers: bearer(await token()) })).status).toBe(200);
    const signed = await token({ alg: 'ES256', key: privateKey });
    expect((await ask(api, { headers: bearer(signed) })).status).toBe(200);
  });

  const unsigned = (claims: object) =>
    [{ alg: 'none' }, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .concat('')
      .join('.');
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();

  test.each<[string, () => Promise<string> | string]>([
    ['that is over', () => token({ expires: now - 10 })],
    ['of another issuer', () => token({ issuer: 'https://evil.example' })],
    ['for another audience', () => token({ audience: 'other' })],
    ['of another secret', () => token({ key: Buffer.from('x'.repeat(32)) })],
    ['of another key', () => token({ alg: 'ES256', key: other.privateKey })],
    ['whose secret is the public key', () => token({ key: Buffer.from(pem) })],
    [
      'without a signature',
      () => unsigned({ sub: 'a', iss: 'https://issuer.example', aud: 'clipql', exp: now + 60 }),
    ],
    ['that is none', () => 'a.b.c'],
    ['whose subject is empty', () => token({ subject: '' })],
    ['whose subject is null', () => token({ subject: null })],
    ['whose subject is a number', () => token({ subject: 5 })],
    ['without a subject', () => token({ subject: undefined })],
  ])('a token %s does not', async (_what, make) => {
    expect((await ask(api, { headers: bearer(await make()) })).status).toBe(401);
  });
});

test.each(['/graphql', '/invocations', '/v1/embeddings', '/other'])(
  'a body too large for %s is refused before anything looks at it',
  async (path) => {
    const api = await apiWith({ maxRequestMegabytes: '0.001' });
    const response = await api.fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': '2000' },
      body: 'x'.repeat(2000),
    });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject(refusal('REQUEST_TOO_LARGE', path));
  },
);

test.each<Flags>([
  { apiKeys: APP_KEY },
  { apiKeys: `app:${APP_KEY}x` },
  { jwtSecret: 'short' },
  { trustProxies: 'proxy.example' },
  { rateLimitKey: '-1' },
])('settings that are not usable are refused, and no secret is shown: %#', (flags) => {
  const failure = () => parseSettings(flags, {});
  expect(failure).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }));
  expect(failure).not.toThrow(/short|[0-9a-f]{64}/);
});

test.each<[Flags, RegExp]>([
  [{ jwtIssuer: 'x' }, /^expected --jwt-secret or --jwt-keys-file beside --jwt-issuer/],
  [{ jwtAudience: 'y' }, /^expected --jwt-secret or --jwt-keys-file beside --jwt-audience/],
  [{ rateLimitKey: '5' }, /^expected --api-keys, .* beside --rate-limit-key, got none/],
  [{ apiKeys: hashed('app', APP_KEY), jwtIssuer: 'x' }, /beside --jwt-issuer/],
])(
  'settings of access that nothing could be checked by are refused: %j',
  async (flags, message) => {
    await expect(apiWith(flags)).rejects.toEqual(
      expect.objectContaining({ code: 'BAD_OPTION', message: expect.stringMatching(message) }),
    );
  },
);

test('a file of keys without any is refused', async () => {
  const apiKeysFile = join(folder, 'empty');
  await writeFile(apiKeysFile, '# none yet\n');
  await expect(apiWith({ apiKeysFile })).rejects.toEqual(
    expect.objectContaining({
      code: 'BAD_OPTION',
      message: expect.stringMatching(/at least one key .*got none/),
    }),
  );
});

describe('a host header', () => {
  const asHost = async (api: TestApi, host: string, headers = {}) =>
    ask(api, { headers: { host, ...headers } });

  test.each([
    'evil.example',
    'evil.example:4000',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '0.0.0.0.evil.example',
    'a b',
  ])('with %j is refused without a key, wherever the server listens', async (header) => {
    for (const host of ['127.0.0.1', '0.0.0.0', '::', '192.0.2.7']) {
      const response = await asHost(await apiWith({ host }), header);
      expect([host, response.status]).toEqual([host, 403]);
      expect(await response.json()).toMatchObject({
        errors: [{ extensions: { code: 'UNKNOWN_HOST' } }],
      });
    }
  });

  test.each([
    'localhost',
    'LOCALHOST:4000',
    'localhost.',
    '127.0.0.1:4000',
    '[::1]:4000',
    '192.0.2.1',
  ])('with %j is let in', async (header) => {
    for (const host of ['127.0.0.1', '0.0.0.0'])
      expect((await asHost(await apiWith({ host }), header)).status).toBe(200);
  });

  test('with a name of --hosts or --host is let in', async () => {
    const api = await apiWith({ hosts: 'clip.example,*.internal', host: 'my.localhost' });
    const open = await apiWith({ hosts: '*', host: '0.0.0.0' });
    expect((await asHost(open, 'other.example')).status).toBe(200);
    for (const host of ['clip.example', 'a.internal:4000', 'my.localhost'])
      expect((await asHost(api, host)).status, host).toBe(200);
    expect((await asHost(api, 'other.example')).status).toBe(403);
  });

  test('with any name is let in with a key', async () => {
    const withKeys = await apiWith({ apiKeys: hashed('app', APP_KEY) });
    expect((await asHost(withKeys, 'evil.example', bearer(APP_KEY))).status).toBe(200);
  });
});

test('a file of keys is read again when it changes, and its keys stay while it cannot be used', async () => {
  const apiKeysFile = join(folder, 'changing');
  await writeFile(apiKeysFile, hashed('app', APP_KEY));
  const api = await apiWith({ apiKeysFile });
  const statuses = async () => {
    const asked = [APP_KEY, JOB_KEY].map((key) => ask(api, { headers: bearer(key) }));
    return (await Promise.all(asked)).map(({ status }) => status);
  };
  expect(await statuses()).toEqual([200, 401]);
  const becomes = (expected: readonly number[]) =>
    vi.waitFor(async () => expect(await statuses()).toEqual(expected), WAIT);
  await writeFile(apiKeysFile, hashed('job', JOB_KEY));
  await becomes([401, 200]);
  await writeFile(apiKeysFile, `app:${APP_KEY}x`);
  await vi.waitFor(async () => {
    await statuses();
    expect(api.warnings).toHaveLength(1);
  }, WAIT);
  expect(api.warnings[0]).toMatch(/^expected lines as name:hash .*; the keys that it had stay$/);
  expect(api.warnings[0]).not.toContain(APP_KEY);
  expect(await statuses()).toEqual([401, 200]);
  await rm(apiKeysFile);
  await vi.waitFor(async () => {
    await statuses();
    expect(api.warnings).toHaveLength(2);
  }, WAIT);
  expect(await statuses()).toEqual([401, 200]);
  await writeFile(apiKeysFile, hashed('app', APP_KEY));
  await becomes([200, 401]);
});

test('a file of keys that is not there, or has a key in the clear, is refused', async () => {
  const path = join(folder, 'clear');
  await writeFile(path, `app:${JOB_KEY}\n`);
  for (const apiKeysFile of [join(folder, 'none'), path]) {
    await expect(apiWith({ apiKeysFile })).rejects.toEqual(
      expect.objectContaining({
        code: 'BAD_OPTION',
        message: expect.not.stringContaining(JOB_KEY),
      }),
    );
  }
});
