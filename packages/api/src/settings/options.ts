import { z } from 'zod';
import { describeKeyEntry, parseKeyEntry } from '../access/key-entry.ts';
import { addressEntry, hostEntry } from '../images/fetch-rule-entries.ts';
import { DEFAULT_INFERENCE } from '../inference/inference.ts';
import { DEFAULT_DOCUMENT_LIMITS } from '../limits/documents.ts';
import { DEFAULT_LIMITS } from '../limits/limits.ts';
import { DEFAULT_SUBSCRIPTION_LIMITS } from '../limits/subscriptions.ts';
import { isPostgresUrl } from '../postgres/server-address.ts';
import { MODEL_OPTIONS } from './model-options.ts';
import type { Option } from './option.ts';
import {
  list,
  nonNegativeNumber,
  onOff,
  originEntry,
  positiveNumber,
  text,
  wholeNumber,
} from './values.ts';
import { WORKER_OPTIONS } from './worker-options.ts';

/** For `clipql serve`, and some for `clipql worker`. */
export const SERVER_OPTIONS = {
  modelIdleMinutes: {
    value: positiveNumber(1e5).default(15),
    expects: 'a number above 0, at most 100,000',
    placeholder: '<n>',
    help: 'minutes before an idle model is unloaded; the first stays loaded',
  },
  modelMemory: {
    value: positiveNumber(1e5).optional(),
    expects: 'a number above 0, at most 100,000',
    placeholder: '<gb>',
    help: 'memory for all models, in GB; least recently used is unloaded first',
    without: '60 % of RAM',
  },
  host: {
    value: text.default('127.0.0.1'),
    expects: 'a host name or an address',
    placeholder: '<host>',
    help: 'address to listen on',
  },
  port: {
    value: wholeNumber(0, 65_535).default(4000),
    expects: 'a whole number from 0 to 65535',
    placeholder: '<n>',
    help: 'port to listen on; 0 picks a free one',
    alsoRead: ['PORT'],
  },
  hosts: {
    value: list.pipe(z.array(z.union([z.literal('*'), hostEntry]))),
    expects: 'hosts with commas between them, each "host", "host:port", "*.domain" or "*"',
    placeholder: '<list>',
    help: 'extra host names that a server without keys answers to; * for any',
  },
  data: {
    value: text.optional(),
    expects: 'a folder',
    placeholder: '<dir>',
    help: 'folder that keeps collections, classifiers and label sets across restarts',
    without: 'a temporary one',
  },
  store: {
    value: text.refine(isPostgresUrl).optional(),
    expects: 'an address like postgres://user:password@host/database',
    placeholder: '<url>',
    help: 'PostgreSQL database with pgvector, for all it can hold',
    without: 'the data folder',
    secret: () => 'another',
  },
  migrate: {
    value: onOff.default(true),
    expects: 'on or off',
    placeholder: '<switch>',
    help: 'update the store’s tables at the start: on or off',
  },
  sharedLabelSets: {
    value: onOff.default(false),
    expects: 'on or off',
    placeholder: '<switch>',
    help: 'whether all keys and token subjects share label sets: on or off',
  },
  sharedCollections: {
    value: onOff.default(false),
    expects: 'on or off',
    placeholder: '<switch>',
    help: 'whether all keys share collections, jobs and pictures: on or off',
  },
  sharedClassifiers: {
    value: onOff.default(false),
    expects: 'on or off',
    placeholder: '<switch>',
    help: 'whether all keys share classifiers: on or off',
  },
  pictures: {
    value: onOff.default(false),
    expects: 'on or off',
    placeholder: '<switch>',
    help: 'let clients have pictures drawn from words: on or off; needs --data',
  },
  folders: {
    value: list.default([]),
    expects: 'folders with commas between them',
    placeholder: '<list>',
    help: 'folders of this machine that clients may have indexed: /srv/photos',
    without: 'none',
  },
  fetchesPerHost: {
    value: wholeNumber(1, 100).default(4),
    expects: 'a whole number from 1 to 100',
    placeholder: '<n>',
    help: 'requests at once to one host while images are indexed',
  },
  indexMemory: {
    value: positiveNumber(1e5).optional(),
    expects: 'a number above 0, at most 100,000',
    placeholder: '<gb>',
    help: 'memory for search indexes, in GB; least recently used is unloaded',
    without: '20 % of RAM',
  },
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
  logFormat: {
    value: z.enum(['auto', 'json', 'text']).default('auto'),
    expects: 'auto, json or text',
    placeholder: '<format>',
    help: 'log format: json, text, or auto (text on a terminal, else json)',
  },
  logLevel: {
    value: z.enum(['info', 'warn', 'error', 'silent']).default('info'),
    expects: 'info, warn, error or silent',
    placeholder: '<level>',
    help: 'least severe level to log; info includes every request',
  },
  tracing: {
    value: text.optional(),
    expects: 'a module’s path',
    placeholder: '<module>',
    help: 'module that sets up OpenTelemetry’s SDK, imported at start',
    without: 'none',
  },
  page: {
    value: onOff.default(true),
    expects: 'on or off',
    placeholder: '<switch>',
    help: 'the page at / in the browser: on or off',
  },
  graphiql: {
    value: onOff.default(true),
    expects: 'on or off',
    placeholder: '<switch>',
    help: 'GraphiQL in the browser: on or off',
    inProduction: 'off',
  },
  introspection: {
    value: onOff.default(true),
    expects: 'on or off',
    placeholder: '<switch>',
    help: 'schema introspection: on or off',
    inProduction: 'off',
  },
  corsOrigins: {
    value: list.pipe(z.array(originEntry)),
    expects: 'origins with commas between them, such as https://example.org, or *',
    placeholder: '<list>',
    help: 'origins whose pages may call the API: https://example.org, or * for all',
  },
  drainSeconds: {
    value: nonNegativeNumber(3600).default(1),
    expects: 'a number of seconds, at most 3,600',
    placeholder: '<n>',
    help: 'seconds after SIGTERM to keep accepting requests, with /readyz at 503',
  },
  graceSeconds: {
    value: nonNegativeNumber(3600).default(20),
    expects: 'a number of seconds, at most 3,600',
    placeholder: '<n>',
    help: 'seconds after SIGTERM until requests in flight are cut off',
  },
  maxRequestMegabytes: {
    value: positiveNumber(1024).default(32),
    expects: 'a number above 0, at most 1,024',
    placeholder: '<n>',
    help: 'largest request body, in MiB (2^20 bytes)',
  },
  maxImages: {
    value: wholeNumber(1).default(DEFAULT_LIMITS.maxImages),
    expects: 'a whole number of at least 1',
    placeholder: '<n>',
    help: 'maximum images per operation',
  },
  maxLabels: {
    value: wholeNumber(1).default(DEFAULT_LIMITS.maxLabels),
    expects: 'a whole number of at least 1',
    placeholder: '<n>',
    help: 'maximum labels per classification',
  },
  maxTextLength: {
    value: wholeNumber(1).default(DEFAULT_LIMITS.maxTextLength),
    expects: 'a whole number of at least 1',
    placeholder: '<n>',
    help: 'maximum characters in a label, template or text',
  },
  maxPrompts: {
    value: wholeNumber(1).default(DEFAULT_LIMITS.maxPrompts),
    expects: 'a whole number of at least 1',
    placeholder: '<n>',
    help: 'maximum prompts (labels × templates, plus texts) per operation, duplicates included',
  },
  maxDocumentBytes: {
    value: wholeNumber(1).default(DEFAULT_DOCUMENT_LIMITS.maxDocumentBytes),
    expects: 'a whole number of at least 1',
    placeholder: '<n>',
    help: 'maximum bytes in a GraphQL document, without its variables',
  },
  maxTokens: {
    value: wholeNumber(1).default(DEFAULT_DOCUMENT_LIMITS.maxTokens),
    expects: 'a whole number of at least 1',
    placeholder: '<n>',
    help: 'maximum tokens in a GraphQL document; each inline label is one',
  },
  maxDepth: {
    value: wholeNumber(1, 100).default(DEFAULT_DOCUMENT_LIMITS.maxDepth),
    expects: 'a whole number from 1 to 100',
    placeholder: '<n>',
    help: 'maximum depth of nested fields in a query',
  },
  maxAliases: {
    value: wholeNumber(0).default(DEFAULT_DOCUMENT_LIMITS.maxAliases),
    expects: 'a whole number',
    placeholder: '<n>',
    help: 'maximum aliases in a query, with fragments expanded',
  },
  maxSubscriptions: {
    value: wholeNumber(1).default(DEFAULT_SUBSCRIPTION_LIMITS.maxSubscriptions),
    expects: 'a whole number of at least 1',
    placeholder: '<n>',
    help: 'maximum subscriptions of one caller at a time',
  },
  maxBatch: {
    value: wholeNumber(1, 64).default(DEFAULT_INFERENCE.maxBatch),
    expects: 'a whole number from 1 to 64',
    placeholder: '<n>',
    help: 'maximum images per forward pass',
  },
  maxWait: {
    value: wholeNumber(0, 10_000).default(DEFAULT_INFERENCE.maxWait),
    expects: 'a whole number of milliseconds, at most 10,000',
    placeholder: '<ms>',
    help: 'how long a partial batch waits for images being decoded, in ms',
  },
  queueSeconds: {
    value: positiveNumber(3_600).default(DEFAULT_INFERENCE.queueSeconds),
    expects: 'a number of seconds above 0, at most 3,600',
    placeholder: '<s>',
    help: 'seconds of work that may queue for the model; beyond that, 429',
  },
  fetches: {
    value: wholeNumber(1, 100_000).default(DEFAULT_INFERENCE.fetches),
    expects: 'a whole number from 1 to 100,000',
    placeholder: '<n>',
    help: 'images being fetched at once; beyond that, 429',
  },
  decodeThreads: {
    value: wholeNumber(1, 256).optional(),
    expects: 'a whole number from 1 to 256',
    placeholder: '<n>',
    help: 'threads that decode images',
    without: `cores, at most ${DEFAULT_INFERENCE.maxDecodeThreads}`,
  },
  deadline: {
    value: wholeNumber(1, 3_600).default(60),
    expects: 'a whole number of seconds from 1 to 3,600',
    placeholder: '<s>',
    help: 'time limit per operation, in seconds',
  },
  cacheMib: {
    value: wholeNumber(0, 65_536).default(DEFAULT_INFERENCE.cacheMib),
    expects: 'a whole number of MiB, at most 65,536',
    placeholder: '<n>',
    help: 'size of each cache (texts, images, downloads) in MiB; 0 disables them',
  },
} as const satisfies Record<string, Option>;

export const OPTIONS = { ...MODEL_OPTIONS, ...SERVER_OPTIONS, ...WORKER_OPTIONS };

export type OptionName = keyof typeof OPTIONS;

export const optionOf = (name: OptionName): Option => OPTIONS[name];
