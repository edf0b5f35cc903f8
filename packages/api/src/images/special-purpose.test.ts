import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ImageFetcher } from './fetch-image.ts';
import {
  addressesToJudge,
  ipv4Spellings,
  ipv6Spellings,
  isIn,
  type Range,
  rangeOf,
} from './testing/address-numbers.ts';
import { type Canary, startCanary } from './testing/canary.ts';
import {
  OTHER_IPV4,
  OTHER_IPV6,
  SPECIAL_IPV4,
  SPECIAL_IPV6,
} from './testing/special-purpose-ranges.ts';

let canary: Canary;
let fetcher: ImageFetcher;

beforeAll(async () => {
  canary = await startCanary();
  fetcher = canary.fetcher({
    lookup: (hostname) => {
      throw new Error(`${hostname} was taken for a name`);
    },
  });
});

afterAll(async () => {
  await fetcher.close();
  await canary.close();
});

/** What became of an image at this host: `reached` or the error's code. */
async function outcome(host: string): Promise<string> {
  const before = canary.connections();
  try {
    await fetcher.fetch(`http://${host}:${canary.port}/a.jpg`);
  } catch (error) {
    expect(canary.connections(), `connections for ${host}`).toBe(before);
    return (error as { code: string }).code;
  }
  expect(canary.connections()).toBe(before + 1);
  return 'reached';
}

const FAMILIES = [
  { family: 'IPv4', bits: 32, special: SPECIAL_IPV4, other: OTHER_IPV4, spell: ipv4Spellings },
  { family: 'IPv6', bits: 128, special: SPECIAL_IPV6, other: OTHER_IPV6, spell: ipv6Spellings },
];

describe.each(FAMILIES)('$family', ({ bits, special, other, spell }) => {
  const ranges: readonly Range[] = [...special, ...other].map((range) => rangeOf(range, bits));

  test.each(ranges)('$name: its ends, those one outside and random inner ones', async (range) => {
    for (const address of addressesToJudge(range, bits)) {
      const isSpecial = isIn(address, ranges);
      for (const host of spell(address)) {
        expect(`${host} ${await outcome(host)}`).toBe(
          `${host} ${isSpecial ? 'HOST_NOT_ALLOWED' : 'reached'}`,
        );
      }
    }
  });

  test('addresses all over: those in no range are reached, all others are not', async () => {
    const all: Range = { first: 0n, last: (1n << BigInt(bits)) - 1n, name: 'all' };
    const global: Range = rangeOf(bits === 32 ? ['0.0.0.0', 0, ''] : ['2000::', 3, ''], bits);
    for (let i = 0; i < 20; i++) {
      for (const address of [...addressesToJudge(all, bits), ...addressesToJudge(global, bits)]) {
        const [host = ''] = spell(address);
        const expected = isIn(address, ranges) ? 'HOST_NOT_ALLOWED' : 'reached';
        expect(`${host} ${await outcome(host)}`).toBe(`${host} ${expected}`);
      }
    }
  });
});
