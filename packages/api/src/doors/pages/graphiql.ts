import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gunzip, gzip } from 'node:zlib';
import { FIRST_EXAMPLE } from '../../images/examples.ts';
import type { Settings } from '../../settings/settings.ts';
import { type AnswerCoding, acceptedCoding } from '../requests/accept-encoding.ts';
import { type Door, GRAPHQL_PATH } from '../requests/route.ts';
import { exampleQuery } from './example-query.ts';
import { RESTORE_TAB } from './restore-tab.ts';

/** The page as it is sent, again and again. */
interface PackedPage {
  readonly etag: string;
  readonly bytes: Readonly<Record<AnswerCoding, Buffer<ArrayBuffer>>>;
}

let packed: Promise<PackedPage> | undefined;

/**
 * `GET /graphql` in a browser: GraphiQL in one page, so that a machine without internet shows it too. It
 * is 8.9 MB, so it is loaded when first asked for, compressed once, and sent again only if it has changed.
 */
export const graphiql: Door = {
  answer: async ({ request: { headers } }) => {
    packed ??= packPage();
    const { etag, bytes } = await packed;
    const cached = { etag, 'cache-control': 'no-cache', vary: 'accept, accept-encoding' };
    if (headers.get('if-none-match')?.includes(etag)) {
      return new Response(null, { status: 304, headers: cached });
    }
    const html = { ...cached, 'content-type': 'text/html; charset=utf-8' };
    const coding = acceptedCoding(headers.get('accept-encoding'));
    if (coding === undefined) return new Response(await unpack(bytes.gzip), { headers: html });
    return new Response(bytes[coding], { headers: { ...html, 'content-encoding': coding } });
  },
};

/** Other clients send queries this way. */
export const wantsGraphiql = ({ headers }: Request, { graphiql }: Settings): boolean =>
  graphiql && (headers.get('accept') ?? '').includes('text/html');

/** What GraphiQL is drawn into; its script follows. */
const ROOT = '<div id="root"></div>';

const unpack = promisify(gunzip);

/** Half a second of a thread; higher qualities take ten, and a visitor waits for the first page. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } };

async function packPage(): Promise<PackedPage> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const rendered = renderGraphiQL({
    title: 'ClipQL',
    endpoint: GRAPHQL_PATH,
    defaultQuery: exampleQuery(FIRST_EXAMPLE),
  });
  const page = rendered.replace(ROOT, (root) => `${root}${RESTORE_TAB}`);
  const [br, gzipped] = await Promise.all([
    promisify(brotliCompress)(page, BROTLI),
    promisify(gzip)(page),
  ]);
  const hash = createHash('sha256').update(page).digest('base64url').slice(0, 22);
  // Weak: the same page in either coding.
  return { etag: `W/"${hash}"`, bytes: { br, gzip: gzipped } };
}
