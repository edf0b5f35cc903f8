import { availableParallelism, cpus } from 'node:os';
import { BACKEND_CHOICES, INT8_MEMORY_SHARE, MAX_THREADS, PRECISIONS } from '@clipql/core';
import { z } from 'zod';
import { addressEntry, hostEntry } from '../images/fetch-rule-entries.ts';
import { OWN_MEGAPIXELS, SERVER_MEGAPIXELS } from '../limits/images.ts';
import type { Option } from './option.ts';
import { list, listOfNames, port, positiveNumber, wholeNumber } from './values.ts';

/** A thread more than there are processors would only keep the others waiting. */
const PROCESSORS = Math.min(MAX_THREADS, Math.max(availableParallelism(), cpus().length));

/** For every command: which model to run and how, and where images may come from. */
export const MODEL_OPTIONS = {
  model: {
    value: listOfNames,
    expects: 'folders, ids or URLs',
    placeholder: '<model>',
    help: 'folder, `org/name[@revision]` on the hub, or https URL; serve takes several',
    without: 'the embedded model',
    repeatable: true,
  },
  precision: {
    value: z.enum(PRECISIONS).default('f32'),
    expects: PRECISIONS.join(' or '),
    placeholder: '<p>',
    help: `f32, or int8: faster, ${Math.round(100 * INT8_MEMORY_SHARE)} % of the memory, nearly the same scores`,
  },
  backend: {
    value: z.enum(BACKEND_CHOICES).default('wasm'),
    expects: BACKEND_CHOICES.join(' or '),
    placeholder: '<b>',
    help: 'wasm, gpu, auto (gpu on real hardware, else wasm), or reference (slow)',
  },
  threads: {
    value: wholeNumber(1, PROCESSORS).optional(),
    expects: `a whole number from 1 to ${PROCESSORS}, this machine's processors`,
    placeholder: '<n>',
    help: 'threads per forward pass',
    without: 'physical cores',
  },
  maxMegapixels: {
    value: positiveNumber(1e6).optional(),
    expects: 'a number above 0, at most 1,000,000',
    placeholder: '<n>',
    help: 'largest image accepted, in megapixels; checked before decoding',
    without: `${SERVER_MEGAPIXELS} for serve, else ${OWN_MEGAPIXELS}`,
  },
  allowHosts: {
    value: list.pipe(z.array(hostEntry)),
    expects: 'hosts with commas between them, each "host", "host:port" or "*.domain"',
    placeholder: '<list>',
    help: 'hosts to fetch from on any port, even private: localhost:8000,10.0.0.5',
  },
  onlyHosts: {
    value: list.pipe(z.array(hostEntry)),
    expects: 'hosts with commas between them, each "host", "host:port" or "*.domain"',
    placeholder: '<list>',
    help: 'fetch only from these public hosts: images.example.org,*.example.com',
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
    help: 'never fetch from these addresses: 203.0.113.0/24,2001:db8::/32',
  },
  allowPorts: {
    value: list.default(['80', '443']).pipe(z.array(port)),
    expects: 'ports with commas between them, whole numbers from 1 to 65535',
    placeholder: '<list>',
    help: 'ports to fetch from on public hosts',
  },
} as const satisfies Record<string, Option>;
