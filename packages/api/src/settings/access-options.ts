import { z } from 'zod';
import { describeKeyEntry, parseKeyEntry } from '../access/key-entry.ts';
import { addressEntry } from '../images/fetch-rule-entries.ts';
import type { Option } from './option.ts';
import { list, text, wholeNumber } from './values.ts';

/** Of a server: who may call it, and how often. */
export const ACCESS_OPTIONS = {
  apiKeys: {
    value: list.pipe(z.array(z.string().refine((entry) => parseKeyEntry(entry) !== undefined))),
    expects: 'name:hash pairs with commas between them, each hash the 64 digits of sha256sum',
    placeholder: '<list>',
    help: 'accepted API keys, as name:hash with the key’s SHA-256 in hex',
    without: 'no key needed',
    secret: describeKeyEntry,
  },
  apiKeysFile: {
    value: text.optional(),
    expects: 'a file',
    placeholder: '<file>',
    help: 'file of accepted API keys, one name:hash per line',
    without: 'none',
  },
  jwtSecret: {
    value: text.min(32).optional(),
    expects: 'a text of at least 32 characters',
    placeholder: '<text>',
    help: 'HMAC secret that JSON Web Tokens are signed with; prefer the variable',
    without: 'none',
    secret: (refused) =>
      typeof refused === 'string' ? `one of ${refused.trim().length}` : 'no text',
  },
  jwtKeysFile: {
    value: text.optional(),
    expects: 'a file',
    placeholder: '<file>',
    help: 'JSON Web Key Set with the public keys that verify tokens',
    without: 'none',
  },
  jwtIssuer: {
    value: text.optional(),
    expects: 'a text',
    placeholder: '<text>',
    help: 'issuer that tokens must name',
    without: 'any',
  },
  jwtAudience: {
    value: text.optional(),
    expects: 'a text',
    placeholder: '<text>',
    help: 'audience that tokens must name',
    without: 'any',
  },
  rateLimitKey: {
    value: wholeNumber(0).default(0),
    expects: 'a whole number',
    placeholder: '<n>',
    help: 'requests per minute per key or token subject; 0 is unlimited',
  },
  rateLimitAddress: {
    value: wholeNumber(0).default(0),
    expects: 'a whole number',
    placeholder: '<n>',
    help: 'requests per minute per IPv4 address or IPv6 network; 0 is unlimited',
  },
  trustProxies: {
    value: list.pipe(z.array(addressEntry)),
    expects: 'addresses with commas between them, such as "10.0.0.1" or "10.0.0.0/8"',
    placeholder: '<list>',
    help: 'addresses of proxies whose X-Forwarded-For header is trusted',
  },
} as const satisfies Record<string, Option>;
