/** Addresses as whole numbers, and every way to write them. */
import { randomBytes } from 'node:crypto';
import type { SpecialRange } from './special-purpose-ranges.ts';

export interface Range {
  readonly first: bigint;
  readonly last: bigint;
  readonly name: string;
}

/** @param bits of an address: 32 or 128. */
export function rangeOf([address, prefix, name]: SpecialRange, bits: number): Range {
  const first = bits === 32 ? ipv4Number(address) : ipv6Number(address);
  const size = 1n << BigInt(bits - prefix);
  if (first % size !== 0n) throw new Error(`${address}/${prefix} has bits beyond its prefix`);
  return { first, last: first + size - 1n, name: `${address}/${prefix}, ${name}` };
}

/** First and last, those one outside, and random inner ones. */
export function addressesToJudge({ first, last }: Range, bits: number): bigint[] {
  const inner = Array.from({ length: 5 }, () => {
    const random = BigInt(`0x${randomBytes(17).toString('hex')}`);
    return first + (random % (last - first + 1n));
  });
  const most = (1n << BigInt(bits)) - 1n;
  const all = [first - 1n, first, ...inner, last, last + 1n];
  return [...new Set(all)].filter((address) => address >= 0n && address <= most);
}

export const isIn = (address: bigint, ranges: readonly Range[]): boolean =>
  ranges.some(({ first, last }) => address >= first && address <= last);

function ipv4Number(address: string): bigint {
  return address.split('.').reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
}

function ipv6Number(address: string): bigint {
  const [head = '', tail] = address.split('::');
  const groups = (part: string) => part.split(':').filter((group) => group !== '');
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after].reduce(
    (sum, group) => sum * 65_536n + BigInt(`0x${group}`),
    0n,
  );
}

function ipv4Text(address: bigint): string {
  return bytesOf(address, 4).join('.');
}

/** Spellings of an IPv4 address that URLs take as host. */
export function ipv4Spellings(address: bigint): string[] {
  const text = ipv4Text(address);
  const bytes = bytesOf(address, 4);
  const [a = 0, b = 0, c = 0, d = 0] = bytes;
  const hex = (value: number | bigint) => `0x${value.toString(16)}`;
  const octal = (value: number | bigint) => `0${value.toString(8)}`;
  return [
    text,
    `${text}.`,
    String(address),
    hex(address),
    hex(address).toUpperCase(),
    octal(address),
    bytes.map(hex).join('.'),
    bytes.map(octal).join('.'),
    bytes.map((byte) => `0000${octal(byte)}`).join('.'),
    `${hex(a)}.${octal(b)}.${c}.${d}`,
    `${a}.${(b << 16) + (c << 8) + d}`,
    `${a}.${b}.${(c << 8) + d}`,
    text.replaceAll('.', '%2e'),
    text.replace(/\d/g, (digit) => `%3${digit}`),
    text.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
    text.replaceAll('.', '。'),
  ];
}

/** Spellings of an IPv6 address that URLs take as host. */
export function ipv6Spellings(address: bigint): string[] {
  const groups = Array.from({ length: 8 }, (_, i) =>
    Number((address >> BigInt(112 - 16 * i)) & 0xffffn).toString(16),
  );
  const full = groups.map((group) => group.padStart(4, '0')).join(':');
  const short = groups.join(':');
  const compressed = new URL(`http://[${short}]/`).hostname;
  const dotted = `${groups.slice(0, 6).join(':')}:${ipv4Text(address & 0xffffffffn)}`;
  return [compressed, ...[full, full.toUpperCase(), short, dotted].map((text) => `[${text}]`)];
}

function bytesOf(address: bigint, count: number): number[] {
  return Array.from({ length: count }, (_, i) =>
    Number((address >> BigInt(8 * (count - 1 - i))) & 0xffn),
  );
}
