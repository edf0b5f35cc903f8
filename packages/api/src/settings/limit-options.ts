import { DEFAULT_INFERENCE } from '../inference/inference.ts';
import { DEFAULT_DOCUMENT_LIMITS } from '../limits/documents.ts';
import { DEFAULT_LIMITS } from '../limits/limits.ts';
import { DEFAULT_SUBSCRIPTION_LIMITS } from '../limits/subscriptions.ts';
import type { Option } from './option.ts';
import { positiveNumber, wholeNumber } from './values.ts';

/** Of a server: what one request may ask for, and how much work there may be at once. */
export const LIMIT_OPTIONS = {
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
