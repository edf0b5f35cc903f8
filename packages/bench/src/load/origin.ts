import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A web server of images that lie in memory. */
export interface Origin {
  readonly url: string;
  close(): Promise<void>;
}

/** Milliseconds after which a slow origin answers. */
const SLOW = 2_000;

/**
 * `/picture/N` is the Nth picture, `/slow/N` the same after two seconds, `/bomb/N` a file that claims
 * to be much larger than it is.
 */
export async function startOrigin(
  picture: (number: number) => Buffer,
  bomb: Buffer,
): Promise<Origin> {
  const server = createServer((request, response) => {
    const [, kind, number] = request.url!.split('/');
    const body = kind === 'bomb' ? bomb : picture(Number(number));
    const answer = () =>
      response
        .writeHead(200, { 'content-type': 'image/jpeg', 'content-length': body.length })
        .end(body);
    if (kind === 'slow') setTimeout(answer, SLOW);
    else answer();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
