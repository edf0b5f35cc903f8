import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliDecompress, gzip } from 'node:zlib';
import { ApiError } from '../../errors/api-error.ts';
import { quoted } from '../../errors/one-line.ts';
import { acceptedCoding } from '../requests/accept-encoding.ts';
import { failureResponse } from '../requests/http-error.ts';
import type { Door } from '../requests/route.ts';

/** Where the page's scripts, styles and icon lie. */
export const PAGE_PATH = '/page/';

/** No script, style or request but this server's own; pictures also from where the user says they are. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' blob: data: http: https:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

const GUARDS = {
  'content-security-policy': POLICY,
  'cross-origin-opener-policy': 'same-origin',
  // For photos; another page that frames it, or is framed, gets none of these.
  'permissions-policy': 'camera=(self), geolocation=(), microphone=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** The page's document, which says what this server has switched on. */
export const page: Door = {
  answer: async ({ request, services: { settings } }) => {
    const html = (await unpacked('index.html'))
      .toString('utf8')
      .replace('<html', `<html data-graphiql="${settings.graphiql ? 'on' : 'off'}"`);
    const etag = `W/"${hashOf(html)}"`;
    const headers = { ...GUARDS, etag, 'cache-control': 'no-cache' };
    if (isKnown(request, etag)) return new Response(null, { status: 304, headers });
    return new Response(html, {
      headers: { ...headers, 'content-type': 'text/html; charset=utf-8' },
    });
  },
};

/** `GET /page/{file}`: what the document loads. A name has the hash of its file, so it is kept for good. */
export const pageFile: Door = {
  answer: async ({ request, rest: name, services: { settings } }) => {
    const path = `page/${name}`;
    const type = TYPES[name.slice(name.lastIndexOf('.'))];
    const { PAGE_FILES } = await import('./page.generated.ts');
    const packed = Object.hasOwn(PAGE_FILES, path) ? PAGE_FILES[path] : undefined;
    if (!settings.page || packed === undefined || type === undefined) return nothingCalled(name);
    const etag = `W/"${hashOf(packed)}"`;
    const headers = {
      ...GUARDS,
      etag,
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'accept-encoding',
    };
    if (isKnown(request, etag)) return new Response(null, { status: 304, headers });
    const coding = acceptedCoding(request.headers.get('accept-encoding'));
    const typed = { ...headers, 'content-type': type };
    if (coding === undefined) return new Response(await unpacked(path), { headers: typed });
    const body = coding === 'br' ? Buffer.from(packed, 'base64') : await gzipped(path);
    return new Response(body, { headers: { ...typed, 'content-encoding': coding } });
  },
};

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.jpg': 'image/jpeg',
};

function nothingCalled(name: string): Response {
  const { code, message } = new ApiError(
    'NOT_FOUND',
    `expected a file of the page, got ${quoted(name, 100)}`,
  );
  return failureResponse({ code, message }, PAGE_PATH);
}

const isKnown = ({ headers }: Request, etag: string): boolean =>
  headers.get('if-none-match')?.includes(etag) ?? false;

const hashOf = (text: string): string =>
  createHash('sha256').update(text).digest('base64url').slice(0, 22);

/** A file of the page as its authors made it. */
async function unpacked(path: string): Promise<Buffer<ArrayBuffer>> {
  const { PAGE_FILES } = await import('./page.generated.ts');
  return promisify(brotliDecompress)(Buffer.from(PAGE_FILES[path]!, 'base64'));
}

const gzips = new Map<string, Promise<Buffer<ArrayBuffer>>>();

/** Made once, for the few clients that take no Brotli. */
function gzipped(path: string): Promise<Buffer<ArrayBuffer>> {
  const made = gzips.get(path) ?? unpacked(path).then((bytes) => promisify(gzip)(bytes));
  gzips.set(path, made);
  return made as Promise<Buffer<ArrayBuffer>>;
}
