import { expect, test } from 'vitest';
import { clientAddressReader } from '../../access/client-address.ts';
import type { PublicError } from '../../errors/public-error.ts';
import type { ServerLog } from '../../telemetry/server-log.ts';
import type { ClipqlYoga } from '../yoga.ts';
import { listen } from './server.ts';

test.each([
  ['of a trusted proxy', ['127.0.0.1/32'], '203.0.113.7'],
  ['of anybody else', [], '127.0.0.1'],
])(
  'a request that is refused unread is its client’s, in the log and for its turn: x-forwarded-for %s',
  async (_whose, proxies, client) => {
    const full: PublicError = { code: 'OVERLOADED', message: 'full', retryAfter: 1 };
    const seen: (string | undefined)[] = [];
    const request: ServerLog['request'] = ({ address }) => seen.push(address);
    const options = { host: '127.0.0.1', port: 0, clientOf: clientAddressReader(proxies) };
    const log = { request, unexpected: () => {} };
    const server = await listen({} as ClipqlYoga, options, log, (address) => {
      seen.push(address);
      return full;
    });
    const headers = { 'x-forwarded-for': '198.51.100.1, 203.0.113.7' };
    await fetch(server.url, { method: 'POST', headers });
    expect(seen).toEqual([client, client]);
    await server.close(0);
  },
);
