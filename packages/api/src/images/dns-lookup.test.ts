import { createSocket, type Socket } from 'node:dgram';
import type { LookupAddress } from 'node:dns';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dnsLookup } from './dns-lookup.ts';

const ADDRESS = [93, 184, 215, 14];
const TYPE_A = 1;
const NAME_ERROR = 3;

/** Names that have been asked for. */
const asked: string[] = [];
let server: Socket;
let lookup: ReturnType<typeof dnsLookup>;

/** Answers for `known.example` at once, for `silent…` never, and knows no other name. */
beforeAll(async () => {
  server = createSocket('udp4', (query, { port, address }) => {
    const name = nameIn(query);
    asked.push(name);
    if (!name.startsWith('silent'))
      server.send(answerTo(query, name === 'known.example'), port, address);
  });
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  lookup = dnsLookup([`127.0.0.1:${server.address().port}`]);
});

afterAll(() => server.close());

const find = (name: string) =>
  new Promise<readonly LookupAddress[]>((resolve, reject) => {
    lookup(name, { all: true }, (error, found) => (error ? reject(error) : resolve(found)));
  });

test('names whose server is silent do not keep others waiting', async () => {
  const silent = Array.from({ length: 20 }, (_, i) => find(`silent${i}.example`));
  const first = await Promise.race([find('known.example'), ...silent]);
  expect(first).toEqual([{ address: ADDRESS.join('.'), family: 4 }]);
  const failures = await Promise.allSettled(silent);
  expect(failures).toMatchObject(silent.map(() => ({ reason: { code: 'EAI_AGAIN' } })));
});

test('a name that is not there is ENOTFOUND', async () => {
  await expect(find('nowhere.example')).rejects.toMatchObject({ code: 'ENOTFOUND' });
});

test('a name without a dot is the system’s to find', async () => {
  asked.length = 0;
  expect((await find('localhost')).length).toBeGreaterThan(0);
  expect(asked).toEqual([]);
});

/** RFC 1035, 4.1: a header of 12 bytes, then the name as labels with their lengths. */
function nameIn(query: Buffer): string {
  const labels: string[] = [];
  for (let at = 12; query[at]! > 0; at += 1 + query[at]!) {
    labels.push(query.toString('latin1', at + 1, at + 1 + query[at]!));
  }
  return labels.join('.').toLowerCase();
}

/** One address where it is asked for and known, nothing for another type, else that there is no such name. */
function answerTo(query: Buffer, isKnown: boolean): Buffer {
  const end = query.indexOf(0, 12) + 5;
  const isAddress = isKnown && query.readUInt16BE(end - 4) === TYPE_A;
  const head = Buffer.from(query.subarray(0, end));
  head.writeUInt16BE(0x8180 | (isKnown ? 0 : NAME_ERROR), 2);
  head.writeUInt16BE(isAddress ? 1 : 0, 6);
  head.writeUInt32BE(0, 8);
  const record = [0xc0, 0x0c, 0, TYPE_A, 0, 1, 0, 0, 0, 60, 0, 4, ...ADDRESS];
  return isAddress ? Buffer.concat([head, Buffer.from(record)]) : head;
}
