import type { LoadOptions } from '@clipql/core';
import type { z } from 'zod';
import { ApiError } from '../errors/api-error.ts';
import { shownValue } from '../errors/one-line.ts';
import type { InferenceOptions } from '../inference/inference.ts';
import { SERVER_MEGAPIXELS } from '../limits/images.ts';
import { MODEL_MEMORY_SHARE, usableMemory } from '../models/machine.ts';
import type { RegistryOptions } from '../models/registry.ts';
import { flagOf, variableOf } from './option.ts';
import { OPTIONS, type OptionName, optionOf } from './options.ts';
import { readSettingsFile } from './settings-file.ts';

/** Everything that can be set, checked. */
export type Settings = {
  readonly [Name in OptionName]: z.output<(typeof OPTIONS)[Name]['value']>;
};

/** Flags as the command line gives them; others than these are for the command itself. */
export type Flags = { readonly [Name in Exclude<OptionName, 'model'> | 'config']?: string } & {
  readonly model?: readonly string[] | string;
};

export type Environment = Readonly<Record<string, string | undefined>>;

/** A value as it was given, and where. */
interface Given {
  readonly value: unknown;
  /** `--port`, `CLIPQL_PORT` or `port in clipql.json`. */
  readonly source: string;
}

/**
 * Flags first, then the environment (`CLIPQL_…`), then the file that `--config` or `CLIPQL_CONFIG`
 * names, then the defaults.
 *
 * @throws ApiError BAD_OPTION, which names the flag, variable or file at fault.
 */
export function parseSettings(flags: Flags, env: Environment): Settings {
  const path = flags.config ?? (env.CLIPQL_CONFIG || undefined);
  const file = path === undefined ? {} : readSettingsFile(path);
  const names = Object.keys(OPTIONS) as OptionName[];
  const entries = names.map((name) => [name, parse(name, find(name, flags, env, file, path))]);
  return Object.fromEntries(entries);
}

/**
 * How the model is to be loaded.
 *
 * @param megapixels of the largest image, unless the settings say otherwise.
 */
export function loadOptions(
  { backend, precision, threads, maxMegapixels }: Settings,
  megapixels = SERVER_MEGAPIXELS,
): LoadOptions & { readonly maxPixels: number } {
  return {
    backend,
    precision,
    maxPixels: Math.round((maxMegapixels ?? megapixels) * 1e6),
    ...(threads !== undefined && { threads }),
  };
}

/** How many models may be loaded at a time, and for how long. */
export function registryOptions({ modelIdleMinutes, modelMemory }: Settings): RegistryOptions {
  return {
    idleMs: modelIdleMinutes * 60_000,
    memoryBytes:
      modelMemory === undefined ? MODEL_MEMORY_SHARE * usableMemory() : modelMemory * 1e9,
  };
}

/** Where collections and jobs are kept, and what they may take. */
export function storeOptions(settings: Settings) {
  const { data, store, migrate, folders, fetchesPerHost, indexMemory } = settings;
  const indexBytes = indexMemory === undefined ? 0.2 * usableMemory() : indexMemory * 1e9;
  return { data, store, migrates: migrate, folders, fetchesPerHost, indexBytes };
}

/** How the server shares the model among requests. */
export function inferenceOptions({
  maxBatch,
  maxWait,
  queueSeconds,
  fetches,
  decodeThreads,
  cacheMib,
}: Settings): InferenceOptions {
  return {
    maxBatch,
    maxWait,
    queueSeconds,
    fetches,
    cacheBytes: cacheMib * 1024 * 1024,
    ...(decodeThreads !== undefined && { decodeThreads }),
  };
}

/** @throws ApiError BAD_OPTION for anything but a whole number of at least 1. */
export function parseCount(flag: string, given: string): number {
  if (/^[1-9]\d{0,8}$/.test(given)) return Number(given);
  throw badOption(flag, 'a whole number of at least 1', shownValue(given, 100));
}

function find(
  name: OptionName,
  flags: Flags,
  env: Environment,
  file: Readonly<Record<string, unknown>>,
  path: string | undefined,
): Given | undefined {
  const flag = flags[name];
  if (flag !== undefined) return { value: flag, source: flagOf(name) };
  for (const source of [variableOf(name), ...(optionOf(name).alsoRead ?? [])]) {
    const value = env[source];
    if (value && !isServiceLink(value)) return { value, source };
  }
  // `--print-config` writes null for what no default tells.
  const inFile = file[name] ?? undefined;
  if (inFile !== undefined) return { value: inFile, source: `${name} in ${path}` };
  const { inProduction } = optionOf(name);
  const isForced = inProduction !== undefined && env.NODE_ENV === 'production';
  return isForced ? { value: inProduction, source: 'NODE_ENV' } : undefined;
}

/** Kubernetes sets CLIPQL_PORT for a service that is called clipql, to an address of this form. */
const isServiceLink = (value: string): boolean => /^(tcp|udp):\/\//.test(value);

function parse(name: OptionName, given: Given | undefined): unknown {
  const { value, expects, secret } = optionOf(name);
  const { data, error, success } = value.safeParse(given?.value, { reportInput: true });
  if (success) return data;
  const [issue] = error.issues;
  // Of a list, the entry at fault.
  const got = issue?.path.length === 1 ? issue.input : given?.value;
  throw badOption(given?.source ?? name, expects, secret ? secret(got) : shownValue(got, 100));
}

const badOption = (source: string, expected: string, got: string): ApiError =>
  new ApiError('BAD_OPTION', `expected ${source} as ${expected}, got ${got}`);
