import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Sha256 } from './sha256.ts';

const digestOf = (parts: readonly Uint8Array[]): string => {
  const hash = new Sha256();
  for (const part of parts) hash.update(part);
  return hash.digest();
};

test('SHA-256 of “abc” is that of FIPS 180-4', () => {
  expect(digestOf([new TextEncoder().encode('abc')])).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
});

test('SHA-256 is OpenSSL’s, however the bytes are parted', () => {
  const parts = fc.array(fc.uint8Array({ maxLength: 150 }), { maxLength: 6 });
  void fc.assert(
    fc.property(parts, (bytes) => {
      const wanted = createHash('sha256');
      for (const part of bytes) wanted.update(part);
      expect(digestOf(bytes)).toBe(wanted.digest('hex'));
    }),
  );
});
