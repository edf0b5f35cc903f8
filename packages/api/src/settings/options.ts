import { availableParallelism, cpus } from 'node:os';
import { BACKEND_CHOICES, INT8_MEMORY_SHARE, MAX_THREADS, PRECISIONS } from '@clipql/core';
import { z } from 'zod';
import { describeKeyEntry, parseKeyEntry } from '../access/key-entry.ts';
import { addressEntry, hostEntry } from '../images/fetch-rule-entries.ts';
import type { Option } from './option.ts';
import {
  list,
  listOfNames,
  nonNegativeNumber,
  onOff,
  originEntry,
  port,
  positiveNumber,
  text,
  wholeNumber,
} from './values.ts';

/** A thread more than there are processors would only keep the others waiting. */
const PROCESSORS = Math.min(MAX_THREADS, Math.max(availableParallelism(), cpus().length));

/** For every command: which model to run and how, and where images may come from. */
export const MODEL_OPTIONS = {
  model: {
    value: listOfNames,
    expects: 'folders, ids or URLs',
    placeholder: '<model>',
    help: 'a folder, `org/name` or `org/name@revision` on the hub, or an https URL of a folder; serve takes several',
    without: 'the small model',
    repeatable: true,
  },
  precision: {
    value: z.enum(PRECISIONS).default('f32'),
    expects: PRECISIONS.join(' or '),
    placeholder: '<p>',
    help: `f32, or int8: faster, ${Math.round(100 * INT8_MEMORY_SHARE)} % of the memory, nearly the same answers`,
  },
  backend: {
    value: z.enum(BACKEND_CHOICES).default('wasm'),
    expects: BACKEND_CHOICES.join(' or '),
    placeholder: '<b>',
    help: 'wasm; gpu; auto, which is gpu where real hardware answers; or reference, slow and exact',
  },
  threads: {
    value: wholeNumber(1, PROCESSORS).optional(),
    expects: `a whole number from 1 to ${PROCESSORS}, this machine's processors`,
    placeholder: '<n>',
    help: 'threads of a forward pass',
    without: 'physical cores',
  },
  maxMegapixels: {
    value: positiveNumber(1e6).default(25),
    expects: 'a number above 0, at most 1000000',
    placeholder: '<n>',
    help: 'megapixels of an image; larger ones are refused before they are decoded',
  },
  allowHosts: {
    value: list.pipe(z.array(hostEntry)),
    expects: 'hosts with commas between them, each "host", "host:port" or "*.domain"',
    placeholder: '<list>',
    help: 'hosts to fetch from on any port, private addresses too: localhost:8000,10.0.0.5',
  },
  onlyHosts: {
    value: list.pipe(z.array(hostEntry)),
    expects: 'hosts with commas between them, each "host", "host:port" or "*.domain"',
    placeholder: '<list>',
    help: 'fetch from no public hosts but these: images.example.org,*.example.com',
    without: 'all public hosts',
  },
  denyHosts: {
    value: list.pipe(z.array(hostEntry)),
    expects: 'hosts with commas between them, each "host", "host:port" or "*.domain"',
    placeholder: '<list>',
    help: 'never fetch from these hosts',
  },
  denyAddresses: {
    value: list.pipe(z.array(addressEntry)),
    expects: 'addresses with commas between them, such as "203.0.113.7" or "203.0.113.0/24"',
    placeholder: '<list>',
    help: 'never fetch from hosts with these addresses: 203.0.113.0/24,2001:db8::/32',
  },
  allowPorts: {
    value: list.default(['80', '443']).pipe(z.array(port)),
    expects: 'ports with commas between them, whole numbers from 1 to 65535',
    placeholder: '<list>',
    help: 'ports of public hosts to fetch from',
  },
} as const satisfies Record<string, Option>;

/** For `clipql serve` alone. */
export const SERVER_OPTIONS = {
  modelIdleMinutes: {
    value: positiveNumber(1e5).default(15),
    expects: 'a number above 0, at most 100000',
    placeholder: '<n>',
    help: 'minutes without a request after which a model other than the first is unloaded',
  },
  modelMemory: {
    value: positiveNumber(1e5).optional(),
    expects: 'a number above 0, at most 100000',
    placeholder: '<gb>',
    help: 'gigabytes that all models may take; the one unused longest makes room for another',
    without: '60 % of the memory',
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
    help: 'port to listen on, 0 for any free one',
    alsoRead: ['PORT'],
  },
  hosts: {
    value: list.pipe(z.array(hostEntry)),
    expects: 'hosts with commas between them, each "host", "host:port" or "*.domain"',
    placeholder: '<list>',
    help: 'names, beside localhost and addresses, to which a server on this machine alone answers without a key',
  },
  data: {
    value: text.optional(),
    expects: 'a folder',
    placeholder: '<dir>',
    help: 'folder in which label sets outlive the server; for one server at a time',
    without: 'memory',
  },
  apiKeys: {
    value: list.pipe(z.array(z.string().refine((entry) => parseKeyEntry(entry) !== undefined))),
    expects: 'name:hash pairs with commas between them, each hash the 64 digits of sha256sum',
    placeholder: '<list>',
    help: 'keys of those who may ask, each as name:hash, the hash as sha256sum writes it',
    without: 'nobody needs a key',
    secret: describeKeyEntry,
  },
  apiKeysFile: {
    value: text.optional(),
    expects: 'a file',
    placeholder: '<file>',
    help: 'file with more such keys, one a line',
    without: 'none',
  },
  jwtSecret: {
    value: text.min(32).optional(),
    expects: 'a text of at least 32 characters',
    placeholder: '<text>',
    help: 'secret by which JSON Web Tokens are signed (HMAC); better as a variable than as a flag',
    without: 'none',
    secret: (refused) =>
      typeof refused === 'string' ? `one of ${refused.trim().length}` : 'no text',
  },
  jwtKeysFile: {
    value: text.optional(),
    expects: 'a file',
    placeholder: '<file>',
    help: 'JSON Web Key Set with the public keys that JSON Web Tokens are checked by',
    without: 'none',
  },
  jwtIssuer: {
    value: text.optional(),
    expects: 'a text',
    placeholder: '<text>',
    help: 'issuer that a token has to name',
    without: 'any',
  },
  jwtAudience: {
    value: text.optional(),
    expects: 'a text',
    placeholder: '<text>',
    help: 'audience that a token has to name',
    without: 'any',
  },
  rateLimitKey: {
    value: wholeNumber(0).default(0),
    expects: 'a whole number',
    placeholder: '<n>',
    help: 'requests a minute of one key or token subject; 0 for any number',
  },
  rateLimitAddress: {
    value: wholeNumber(0).default(0),
    expects: 'a whole number',
    placeholder: '<n>',
    help: 'requests a minute of one IPv4 address or IPv6 network; 0 for any number',
  },
  trustProxies: {
    value: list.pipe(z.array(addressEntry)),
    expects: 'addresses with commas between them, such as "10.0.0.1" or "10.0.0.0/8"',
    placeholder: '<list>',
    help: 'proxies in front of this server, whose X-Forwarded-For tells the client’s address',
  },
  logFormat: {
    value: z.enum(['auto', 'json', 'text']).default('auto'),
    expects: 'auto, json or text',
    placeholder: '<format>',
    help: 'log as JSON, or as text for people; auto is text on a terminal',
  },
  logLevel: {
    value: z.enum(['info', 'warn', 'error', 'silent']).default('info'),
    expects: 'info, warn, error or silent',
    placeholder: '<level>',
    help: 'what goes into the log: info has every request',
  },
  tracing: {
    value: text.optional(),
    expects: 'a module’s path',
    placeholder: '<module>',
    help: 'module that sets OpenTelemetry’s SDK up, imported at start: traces go where it sends them',
    without: 'no traces',
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
    help: 'whether a query may ask for the schema: on or off',
    inProduction: 'off',
  },
  corsOrigins: {
    value: list.pipe(z.array(originEntry)),
    expects: 'origins with commas between them, such as https://example.org, or *',
    placeholder: '<list>',
    help: 'sites whose pages may ask from a browser: https://example.org, or * for all',
  },
  drainSeconds: {
    value: nonNegativeNumber(3600).default(1),
    expects: 'a number of seconds, at most 3600',
    placeholder: '<n>',
    help: 'seconds after SIGTERM in which requests are still taken, while /readyz says 503',
  },
  graceSeconds: {
    value: nonNegativeNumber(3600).default(20),
    expects: 'a number of seconds, at most 3600',
    placeholder: '<n>',
    help: 'seconds after SIGTERM that requests in flight may still take',
  },
  maxRequestMegabytes: {
    value: positiveNumber(1024).default(32),
    expects: 'a number above 0, at most 1024',
    placeholder: '<n>',
    help: 'MiB of a request; larger ones are refused',
  },
  maxImages: {
    value: wholeNumber(1).default(64),
    expects: 'a whole number of at least 1',
    placeholder: '<n>',
    help: 'images of one operation',
  },
  maxLabels: {
    value: wholeNumber(1).default(1_000),
    expects: 'a whole number of at least 1',
    placeholder: '<n>',
    help: 'labels of one classification',
  },
  maxTextLength: {
    value: wholeNumber(1).default(8_192),
    expects: 'a whole number of at least 1',
    placeholder: '<n>',
    help: 'characters of a label, a template or a text',
  },
  maxPrompts: {
    value: wholeNumber(1).default(7_000),
    expects: 'a whole number of at least 1',
    placeholder: '<n>',
    help: 'prompts of one operation, labels × templates and texts, equal ones each time',
  },
  maxTokens: {
    value: wholeNumber(1).default(50_000),
    expects: 'a whole number of at least 1',
    placeholder: '<n>',
    help: 'tokens of a GraphQL document; each label written into it is one',
  },
  maxDepth: {
    value: wholeNumber(1, 100).default(15),
    expects: 'a whole number from 1 to 100',
    placeholder: '<n>',
    help: 'fields within fields of a query',
  },
  maxAliases: {
    value: wholeNumber(0).default(200),
    expects: 'a whole number',
    placeholder: '<n>',
    help: 'aliases of a query, fragments unfolded',
  },
  maxBatch: {
    value: wholeNumber(1, 64).default(8),
    expects: 'a whole number from 1 to 64',
    placeholder: '<n>',
    help: 'images of one forward pass, at most',
  },
  maxWait: {
    value: wholeNumber(0, 10_000).default(20),
    expects: 'a whole number of milliseconds, at most 10000',
    placeholder: '<ms>',
    help: 'milliseconds that a batch that is not full gives way to full ones',
  },
  queue: {
    value: wholeNumber(0, 100_000).default(64),
    expects: 'a whole number of images, at most 100000',
    placeholder: '<n>',
    help: 'images, or texts of as much work, that may wait for the model; beyond that 429',
  },
  fetches: {
    value: wholeNumber(1, 100_000).default(256),
    expects: 'a whole number from 1 to 100000',
    placeholder: '<n>',
    help: 'images that may be fetched at a time; beyond that 429',
  },
  decodeThreads: {
    value: wholeNumber(1, 256).optional(),
    expects: 'a whole number from 1 to 256',
    placeholder: '<n>',
    help: 'threads that decode images',
    without: 'cores, at most 4',
  },
  deadline: {
    value: wholeNumber(1, 3_600).default(60),
    expects: 'a whole number of seconds from 1 to 3600',
    placeholder: '<s>',
    help: 'seconds that an operation may take',
  },
  cacheMib: {
    value: wholeNumber(0, 65_536).default(64),
    expects: 'a whole number of MiB, at most 65536',
    placeholder: '<n>',
    help: 'MiB for embeddings of texts, as much for those of images and for downloads; 0 keeps none',
  },
} as const satisfies Record<string, Option>;

export const OPTIONS = { ...MODEL_OPTIONS, ...SERVER_OPTIONS };

export type OptionName = keyof typeof OPTIONS;

export const optionOf = (name: OptionName): Option => OPTIONS[name];
