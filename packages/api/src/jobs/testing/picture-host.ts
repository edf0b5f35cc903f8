import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { picture } from '../../testing/pictures.ts';

/** A web server with a picture at `/0.png`, `/1.png` and so on. */
export interface PictureHost {
  /** For example `127.0.0.1:40123`. */
  readonly host: string;
  url(number: number): string;
  /** How often each picture was asked for. */
  readonly requests: ReadonlyMap<number, number>;
  /** The most requests that were open at a time. */
  readonly most: number;
  close(): Promise<void>;
}

/** Takes a request over. @returns whether it did; else the picture is sent. */
export type Behaviour = (
  number: number,
  time: number,
  response: ServerResponse,
) => boolean | Promise<boolean>;

/** @param behave told the picture's number, and how often it has been asked for, from 1. */
export async function startPictureHost(behave: Behaviour = () => false): Promise<PictureHost> {
  const requests = new Map<number, number>();
  let open = 0;
  let most = 0;
  const server = createServer(async (request, response) => {
    const number = Number.parseInt(request.url!.slice(1), 10);
    const time = (requests.get(number) ?? 0) + 1;
    requests.set(number, time);
    open += 1;
    most = Math.max(most, open);
    response.on('close', () => {
      open -= 1;
    });
    if (await behave(number, time, response)) return;
    response.writeHead(200, { 'content-type': 'image/png' }).end(picture(number));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    url: (number) => `http://${host}/${number}.png`,
    requests,
    get most() {
      return most;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Pictures that are not there, that are put off once or twice, and that are slow. */
export const slowAndFailing: Behaviour = async (number, time, response) => {
  if (isMissing(number)) {
    response.writeHead(404).end();
    return true;
  }
  if (number % 40 === 3 && time <= 2) {
    response.writeHead(503, { 'retry-after': '0' }).end();
    return true;
  }
  if (number % 25 === 1) await sleep(20);
  return false;
};

export const isMissing = (number: number): boolean => number % 50 === 7;
