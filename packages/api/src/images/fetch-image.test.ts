import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  bytes,
  type Handler,
  redirectTo,
  startWebServer,
  type WebServer,
} from '../../../core/src/testing/web-server.ts';
import { meaningOf } from '../errors/error-codes.ts';
import { publicError } from '../errors/public-error.ts';
import { createImageFetcher, type FetchImageOptions } from './fetch-image.ts';
import type { AddressLookup } from './guarded-connector.ts';

const PICTURE = Buffer.from('any bytes: what they are is for the decoder to say');

/** A redirect whose header has these bytes, which Node's own server would not send. */
const location =
  (target: string | Buffer): Handler =>
  (_request, response) => {
    const [head, end] = ['HTTP/1.1 302 Found\r\nlocation: ', '\r\ncontent-length: 0\r\n\r\n'];
    response.socket?.end(Buffer.concat([Buffer.from(head), Buffer.from(target), Buffer.from(end)]));
  };

let server: WebServer;
let other: WebServer;

beforeAll(async () => {
  other = await startWebServer({ '/private': bytes(PICTURE) });
  server = await startWebServer({
    '/picture': bytes(PICTURE),
    '/empty': bytes(new Uint8Array()),
    '/3': redirectTo('/2'),
    '/2': redirectTo('/1', 307),
    '/1': redirectTo('/picture', 301),
    '/4': redirectTo('/3'),
    '/to-private': redirectTo(`${other.url}/private`),
    '/to-file': redirectTo('file:///etc/passwd'),
    '/to-data': redirectTo('data:,hello'),
    '/to-user': redirectTo('http://user:secret@example.org/'),
    '/nowhere': (_request, response) => response.writeHead(302).end(),
    '/large': (_request, response) => {
      response.writeHead(200, { 'content-length': 101 });
      response.write('the rest never comes');
    },
    '/large-chunked': (_request, response) => {
      response.writeHead(200);
      response.write(Buffer.alloc(60));
      response.write(Buffer.alloc(60));
    },
    '/location-utf8': location('/\u00fc/\u732b.jpg?\u00e9'),
    '/location-latin1': location(Buffer.from('/\xfc.jpg', 'latin1')),
    '/%C3%BC/%E7%8C%AB.jpg?%C3%A9': bytes(PICTURE),
    '/%FC.jpg': bytes(PICTURE),
    '/silent': () => {},
    '/stuck': (_request, response) => {
      response.writeHead(200);
      response.write('a beginning');
    },
    '/broken': (_request, response) => {
      response.writeHead(200, { 'content-length': 90 });
      response.write('a beginning', () => response.destroy());
    },
    '/drip': (_request, response) => {
      response.writeHead(200, { 'content-length': 1_000_000 });
      const drops = setInterval(() => response.write('a'), 10);
      response.on('close', () => clearInterval(drops));
    },
    '/too-long': (_request, response) => {
      // More than it announces: what is over is not the image's.
      response.socket?.end('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n0123456789');
    },
    '/no-length': (_request, response) => {
      response.socket?.end('HTTP/1.1 200 OK\r\ncontent-length: -5\r\n\r\n01234');
    },
    '/no-http': (_request, response) => {
      response.socket?.end('SSH-2.0-OpenSSH_9.2\r\n');
    },
    '/error': (_request, response) => response.writeHead(500).end(),
  });
});

afterAll(() => Promise.all([server.close(), other.close()]));

/** Through the door, with this test's server allowed unless the options say otherwise. */
async function get(url: string, options: FetchImageOptions = {}): Promise<string> {
  const fetcher = createImageFetcher({ allowHosts: new Set([server.host]), ...options });
  try {
    return Buffer.from(await fetcher.fetch(url)).toString();
  } finally {
    await fetcher.close();
  }
}

const failsWith = (code: string, message?: RegExp) =>
  expect.objectContaining({
    code,
    message: message ? expect.stringMatching(message) : expect.not.stringContaining('\n'),
  });

/** A name service in which a host has the given addresses. */
const resolvesTo =
  (...addresses: string[]): AddressLookup =>
  (_hostname, _options, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );

test('an image of an allowed host arrives byte for byte', async () => {
  expect(await get(`${server.url}/picture`)).toBe(PICTURE.toString());
  expect(await get(`${server.url}/empty`)).toBe('');
});

test('three redirects are followed, a fourth is not', async () => {
  expect(await get(`${server.url}/3`)).toBe(PICTURE.toString());
  await expect(get(`${server.url}/4`)).rejects.toEqual(
    failsWith('IMAGE_FETCH_FAILED', /3 redirects/),
  );
});

test('a redirect to a private host that is not allowed is not followed', async () => {
  await expect(get(`${server.url}/to-private`)).rejects.toEqual(failsWith('HOST_NOT_ALLOWED'));
  expect(other.requests).toEqual([]);
});

test.each(['/to-file', '/to-data', '/to-user'])('the redirect of %s is refused', async (path) => {
  await expect(get(`${server.url}${path}`)).rejects.toEqual(failsWith('BAD_IMAGE_URL'));
});

test.each([
  'ftp://example.org/a.jpg',
  'file:///etc/passwd',
  '/etc/passwd',
  'a.jpg',
  '',
  'http://',
  'http://user@example.org/a.jpg',
  'http://user:secret@example.org/a.jpg',
])('%j is BAD_IMAGE_URL', async (url) => {
  await expect(get(url)).rejects.toEqual(failsWith('BAD_IMAGE_URL'));
});

test('a URL or a host longer than any that is meant well is BAD_IMAGE_URL', async () => {
  await expect(get(`http://example.org/${'a'.repeat(8_192)}`)).rejects.toEqual(
    failsWith('BAD_IMAGE_URL', /at most 8,192 characters, got 8,211$/),
  );
  await expect(get(`http://${'a.'.repeat(127)}a/`)).rejects.toEqual(
    failsWith('BAD_IMAGE_URL', /a host of at most 253 characters, got one of 255$/),
  );
});

test('no error shows a password', async () => {
  await expect(get('http://user:secret@example.org/')).rejects.toEqual(
    expect.objectContaining({ message: expect.not.stringContaining('secret') }),
  );
});

test.each(['127.0.0.1', 'localhost', '[::1]', '0x7f.1', '2130706433', '[::ffff:127.0.0.1]', '0'])(
  'this machine is refused under the name %s',
  async (name) => {
    const url = `http://${name}:${server.port}/picture`;
    const refused = failsWith('HOST_NOT_ALLOWED', /address; --allow-hosts \S+:\d+ opens it$/);
    const options = { allowHosts: [], allowPorts: [server.port] };
    await expect(get(url, options)).rejects.toEqual(refused);
  },
);

test('a host is refused when any of its addresses is private', async () => {
  const lookup = resolvesTo('93.184.215.14', '127.0.0.1');
  const url = `http://images.example:${server.port}/picture`;
  await expect(get(url, { lookup, allowPorts: [server.port] })).rejects.toEqual(
    failsWith('HOST_NOT_ALLOWED'),
  );
});

test('an allowed host may have a private address', async () => {
  const host = `images.example:${server.port}`;
  const options = { lookup: resolvesTo('127.0.0.1'), allowHosts: new Set([host]) };
  expect(await get(`http://${host}/picture`, options)).toBe(PICTURE.toString());
});

test('the refusal does not tell the address', async () => {
  const lookup = resolvesTo('10.20.30.40');
  await expect(get('http://images.example/', { lookup })).rejects.toEqual(
    expect.objectContaining({ message: expect.not.stringContaining('10.20') }),
  );
});

test('an unknown host is IMAGE_FETCH_FAILED', async () => {
  const lookup: AddressLookup = (_hostname, _options, callback) =>
    callback(Object.assign(new Error('not found'), { code: 'ENOTFOUND' }), []);
  await expect(get('http://nowhere.example/a.jpg', { lookup })).rejects.toEqual(
    failsWith('IMAGE_FETCH_FAILED', /^the host is unknown: http:\/\/nowhere\.example\/a\.jpg$/),
  );
});

test('no port scanner: refused, closed, cut short, silent and slow hosts read the same', async () => {
  const closed = await startWebServer({});
  await closed.close();
  const addresses = ['/silent', '/stuck', '/drip', '/broken', '/no-http', '/no-length'].map(
    (path) => `${server.url}${path}`,
  );
  for (const url of [`${closed.url}/a.jpg`, ...addresses]) {
    const options = { allowHosts: new Set([server.host, closed.host]), timeoutMs: 200 };
    const error = await get(url, options).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'IMAGE_FETCH_FAILED',
      message: `expected an image within 0.2 s, got none: ${url}`,
    });
  }
});

test('bytes beyond the announced length are not the image’s', async () => {
  expect(await get(`${server.url}/too-long`)).toBe('01234');
});

test.each(['/location-utf8', '/location-latin1'])(
  'a redirect to a path that is not ASCII is followed to its bytes: %s',
  async (path) => {
    expect(await get(`${server.url}${path}`)).toBe(PICTURE.toString());
  },
);

test.each([
  ['/missing', /HTTP status 404/],
  ['/error', /HTTP status 500/],
  ['/nowhere', /HTTP status 302/],
])('%s is IMAGE_FETCH_FAILED', async (path, message) => {
  await expect(get(`${server.url}${path}`)).rejects.toEqual(
    failsWith('IMAGE_FETCH_FAILED', message),
  );
});

test.each([
  [400, false],
  [403, false],
  [404, false],
  [410, false],
  [408, true],
  [425, true],
  [429, true],
  [500, true],
  [503, true],
])('of a host that answers with status %i another try may help: %s', async (status, retryable) => {
  const failing = await startWebServer({
    '/image': (_request, response) => response.writeHead(status).end(),
  });
  const rules = { allowHosts: [failing.host] };
  const failure = await get(`${failing.url}/image`, rules).catch((error: unknown) => error);
  expect(meaningOf(publicError(failure)!).retryable).toBe(retryable);
  await failing.close();
});

test.each([
  ['7', 7],
  ['Fri, 31 Dec 1999 23:59:59 GMT', 0],
  ['soon', undefined],
])('a host’s retry-after: %s says when to try again', async (header, seconds) => {
  const busy = await startWebServer({
    '/image': (_request, response) => response.writeHead(503, { 'retry-after': header }).end(),
  });
  const failure = await get(`${busy.url}/image`, { allowHosts: [busy.host] }).catch(
    (error: unknown) => error,
  );
  expect(publicError(failure)!.retryAfter).toBe(seconds);
  await busy.close();
});

test.each(['/large', '/large-chunked'])('%s is IMAGE_TOO_LARGE before its end', async (path) => {
  await expect(get(`${server.url}${path}`, { maxBytes: 100 })).rejects.toEqual(
    failsWith('IMAGE_TOO_LARGE'),
  );
});

test('an error does not show what a query holds', async () => {
  await expect(get(`${server.url}/missing?token=secret`)).rejects.toEqual(
    expect.objectContaining({ message: expect.not.stringContaining('secret') }),
  );
});
