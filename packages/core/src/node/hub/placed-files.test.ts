import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type HubServer, startHub } from '../../../../../tools/hub/server.ts';
import {
  type Handler,
  startWebServer,
  storedFile,
  type WebServer,
} from '../../testing/web-server.ts';
import { cachedModel, hubSettings, locateModel, type PlacedFile, pullModel } from '../index.ts';

const NANO = fileURLToPath(new URL('../../../../../models/nano', import.meta.url));
const OWNER = 'clipql/owner';
const WEIGHTS = 'RN101.pt';

const tokenizer = await readFile(join(NANO, 'tokenizer.json'));
const weights = await readFile(join(NANO, 'model.safetensors'));

let hub: HubServer;
let web: WebServer;
let cache: string;
/** What answers for the weights. */
let answer: Handler;
beforeEach(async () => {
  answer = storedFile(weights);
  hub = await startHub([{ id: OWNER, revisions: { main: { 'tokenizer.json': tokenizer } } }]);
  web = await startWebServer({
    [`/models/${WEIGHTS}`]: (request, response) => answer(request, response),
  });
  cache = await mkdtemp(join(tmpdir(), 'clipql-files-'));
});
afterEach(async () => {
  await Promise.all([hub.close(), web.close()]);
  await rm(cache, { recursive: true });
});

const settings = (more = {}) => ({
  ...hubSettings(
    { HF_ENDPOINT: hub.endpoint, HF_HOME: cache, XDG_CACHE_HOME: cache, ...more },
    cache,
  ),
  retryWaits: [0],
});

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const address = (change: Partial<PlacedFile> = {}) => {
  const from = `${web.url}/models/${WEIGHTS}`;
  return {
    kind: 'files',
    name: 'openai/RN101',
    files: [
      {
        ...{ name: 'tokenizer.json', from: `${OWNER}@${hub.commit(OWNER).hash}` },
        ...{ bytes: tokenizer.length, sha256: sha256(tokenizer) },
      },
      { name: WEIGHTS, from, sha256: sha256(weights), ...change },
    ],
  } as const;
};
const pull = (change?: Partial<PlacedFile>) => pullModel(address(change), settings(), () => {});

test('files of a URL and of the hub become one model, which is there offline too', async () => {
  const pulled = await pull();
  expect(pulled).toMatchObject({ name: 'openai/RN101', weights: WEIGHTS });
  expect(pulled.bytes).toBe(tokenizer.length + weights.length);
  expect((await readdir(pulled.folder)).sort()).toEqual([WEIGHTS, 'tokenizer.json']);
  expect(await readFile(join(pulled.folder, WEIGHTS))).toEqual(weights);

  web.requests.length = 0;
  const offline = settings({ HF_HUB_OFFLINE: '1' });
  const { folder } = await locateModel(address(), offline, () => {});
  expect(folder).toBe(pulled.folder);
  expect(web.requests).toEqual([]);
});

test('a download that the server breaks off goes on from there', async () => {
  const ranges: (string | undefined)[] = [];
  answer = (request, response) => {
    if (request.method === 'HEAD') return storedFile(weights)(request, response);
    ranges.push(request.headers.range);
    if (ranges.length > 1) return storedFile(weights)(request, response);
    response.writeHead(200, { 'content-length': weights.length, etag: '"0x8DA1"' });
    response.write(weights.subarray(0, 1_000_000), () => response.destroy());
  };
  const { folder } = await pull();
  expect(await readFile(join(folder, WEIGHTS))).toEqual(weights);
  expect(ranges).toEqual([undefined, expect.stringMatching(/^bytes=[1-9]\d*-$/)]);
});

test('other bytes than the pinned ones are refused, and nothing is kept', async () => {
  const other = Buffer.from(weights);
  other[500_000] = other[500_000]! ^ 1;
  answer = storedFile(other);
  await expect(pull()).rejects.toMatchObject({
    code: 'DOWNLOAD_CORRUPT',
    message: expect.stringMatching(/^RN101\.pt: 127\.0\.0\.1:\d+ sent sha256 \w+ where /),
  });
  expect(await cachedModel(address(), settings())).toBeUndefined();
  await expect(pull({ bytes: 7 })).rejects.toMatchObject({ code: 'DOWNLOAD_CORRUPT' });
});

test('what was downloaded for other pins does not serve', async () => {
  await pull();
  expect(await cachedModel(address({ sha256: 'ab'.repeat(32) }), settings())).toBeUndefined();
});

test.each([
  [404, 'MODEL_NOT_FOUND', /openai\/RN101 has no RN101\.pt at http:\/\/127\.0\.0\.1:\d+\/models/],
  [403, 'DOWNLOAD_DENIED', /openai\/RN101: 127\.0\.0\.1:\d+ refuses access \(403\)/],
  [500, 'DOWNLOAD_FAILED', /openai\/RN101: 127\.0\.0\.1:\d+ answered with status 500/],
])('status %d is %s, and says what was asked for', async (status, code, message) => {
  answer = (_request, response) => response.writeHead(status).end();
  await expect(pull()).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
});
