import { z } from 'zod';
import { hostEntry } from '../images/fetch-rule-entries.ts';
import { isPostgresUrl } from '../postgres/server-address.ts';
import { ACCESS_OPTIONS } from './access-options.ts';
import { LIMIT_OPTIONS } from './limit-options.ts';
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
  ...ACCESS_OPTIONS,
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
  ...LIMIT_OPTIONS,
} as const satisfies Record<string, Option>;
