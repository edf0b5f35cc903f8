import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { startWebServer, type WebServer } from '../../../core/src/testing/web-server.ts';
import { startApi } from '../testing/api.ts';
import { picture } from '../testing/pictures.ts';
import { createImageFetcher, type ImageFetcher } from './fetch-image.ts';

let web: WebServer;
let fetcher: ImageFetcher;
let unchanged = 0;
let versions = 0;

const daysFromNow = (days: number) => new Date(Date.now() + 86_400_000 * days).toUTCString();

/** Headers that call nothing fresh, though the file is old. */
const REPLACED: Readonly<Record<string, () => OutgoingHttpHeaders>> = {
  '/last-modified': () => ({ 'last-modified': daysFromNow(-2_000) }),
  '/public': () => ({ 'last-modified': daysFromNow(-2_000), 'cache-control': 'public' }),
  '/immutable': () => ({ 'last-modified': daysFromNow(-2_000), 'cache-control': 'immutable' }),
  '/etag': () => ({ etag: '"1"', 'last-modified': daysFromNow(-2_000) }),
  '/expired': () => ({ expires: daysFromNow(-1), 'last-modified': daysFromNow(-2_000) }),
  '/expires-0': () => ({ expires: '0', 'last-modified': daysFromNow(-2_000) }),
};

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
    ...Object.fromEntries(
      Object.entries(REPLACED).map(([path, headers]) => [
        path,
        (_request: IncomingMessage, response: ServerResponse) => {
          versions += 1;
          response.writeHead(200, headers()).end(picture(versions));
        },
      ]),
    ),
    '/until-tomorrow': (_request, response) =>
      response.writeHead(200, { expires: daysFromNow(1) }).end(body),
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

test.each(Object.keys(REPLACED))(
  'a file that was replaced is fetched anew where no header calls the old one fresh: %s',
  async (path) => {
    const first = await fetcher.fetch(`${web.url}${path}`);
    expect(await fetcher.fetch(`${web.url}${path}`)).not.toEqual(first);
  },
);

test('a download is kept until it expires', async () => {
  expect(await askedFor('/until-tomorrow')).toBe(1);
});

test('a clock that is set back two hours keeps no download for longer', async () => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const own = createImageFetcher({ allowHosts: [web.host] });
  const url = `${web.url}/kept`;
  const asked = () => web.requests.filter((one) => one === '/kept').length;
  await own.fetch(url);
  const once = asked();
  vi.advanceTimersByTime(3_500_000);
  vi.setSystemTime(Date.now() - 7_200_000);
  await own.fetch(url);
  expect(asked()).toBe(once);
  vi.advanceTimersByTime(200_000);
  await own.fetch(url);
  expect(asked()).toBe(once + 1);
  await own.close();
});

test('no host is asked in the background: what is stale is asked for again first', async () => {
  const api = await startApi({ allowHosts: [web.host] });
  const query = `{ embedImage(imageUrl: "${web.url}/stale-while-revalidate") { values } }`;
  const values = async () => (await api.query(query)).data.embedImage.values;
  const before = versions;
  const first = await values();
  expect(await values()).not.toEqual(first);
  expect(versions - before).toBe(2);
  await api.close();
});
