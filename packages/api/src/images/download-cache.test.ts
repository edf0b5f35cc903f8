import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWebServer, type WebServer } from '../../../core/src/testing/web-server.ts';
import { startApi } from '../testing/api.ts';
import { picture } from '../testing/pictures.ts';
import { createImageFetcher, type ImageFetcher } from './fetch-image.ts';

let web: WebServer;
let fetcher: ImageFetcher;
let unchanged = 0;
let versions = 0;

const body = Buffer.from('what an image would be');

beforeAll(async () => {
  web = await startWebServer({
    '/kept': (_request, response) =>
      response.writeHead(200, { 'cache-control': 'max-age=3600' }).end(body),
    '/asked-for-again': (request, response) => {
      const headers = { 'cache-control': 'no-cache', etag: '"1"' };
      if (request.headers['if-none-match'] === '"1"') {
        unchanged += 1;
        response.writeHead(304, headers).end();
      } else response.writeHead(200, headers).end(body);
    },
    '/stale-while-revalidate': (_request, response) => {
      versions += 1;
      const cacheControl = 'max-age=0, stale-while-revalidate=86400';
      response
        .writeHead(200, { 'cache-control': cacheControl, etag: `"${versions}"` })
        .end(picture(versions));
    },
    '/private': (_request, response) =>
      response.writeHead(200, { 'cache-control': 'private, max-age=3600' }).end(body),
    '/not-stored': (_request, response) =>
      response.writeHead(200, { 'cache-control': 'no-store' }).end(body),
    '/silent': (_request, response) => response.writeHead(200).end(body),
  });
  fetcher = createImageFetcher({ allowHosts: [web.host] });
});

afterAll(async () => {
  await fetcher.close();
  await web.close();
});

/** How often the host is asked when an image is fetched twice. */
async function askedFor(path: string): Promise<number> {
  for (let time = 0; time < 2; time++) {
    expect(Buffer.from(await fetcher.fetch(`${web.url}${path}`))).toEqual(body);
  }
  return web.requests.filter((one) => one === path).length;
}

test('a download is kept for as long as its host says', async () => {
  expect(await askedFor('/kept')).toBe(1);
});

test('a download with an ETag is asked for again, and sent no second time', async () => {
  expect(await askedFor('/asked-for-again')).toBe(2);
  expect(unchanged).toBe(1);
});

test.each(['/private', '/not-stored', '/silent'])(
  'a download that its host does not let others keep is not kept: %s',
  async (path) => {
    expect(await askedFor(path)).toBe(2);
  },
);

test('no host is asked in the background: what is stale is asked for again first', async () => {
  const api = await startApi({ allowHosts: [web.host] });
  const query = `{ embedImage(imageUrl: "${web.url}/stale-while-revalidate") { values } }`;
  const values = async () => (await api.query(query)).data.embedImage.values;
  const first = await values();
  expect(await values()).not.toEqual(first);
  expect(versions).toBe(2);
  await api.close();
});
