import type { LoadOptions } from '@clipql/core';
import { ApiError } from './errors.ts';
import { type AllowedHosts, parseAllowedHosts } from './images/allowed-hosts.ts';

/** Which model to run and where it may get images from. */
export interface Settings {
  /** The folder of the model; undefined for the embedded one. */
  readonly modelFolder: string | undefined;
  /** How to run it; what is absent is left to core. */
  readonly load: LoadOptions;
  readonly allowHosts: AllowedHosts;
}

export interface ServerSettings extends Settings {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
}

/** Flags as the command line gives them. */
export interface Flags {
  readonly model?: string;
  readonly maxMegapixels?: string;
  readonly allowHosts?: string;
  readonly precision?: string;
  readonly threads?: string;
}

export interface ServerFlags extends Flags {
  readonly host?: string;
  readonly port?: string;
}

/** The environment variables that count. */
export interface Environment {
  readonly PORT?: string | undefined;
  readonly CLIPQL_ALLOW_HOSTS?: string | undefined;
}

const DEFAULT_HOST = '127.0.0.1';
const DEFAULT_PORT = '4000';

/**
 * Flags first, then the environment (`CLIPQL_ALLOW_HOSTS`), then what stands for them.
 *
 * @throws ApiError BAD_OPTION.
 */
export function parseSettings(flags: Flags, env: Environment): Settings {
  return {
    modelFolder: flags.model,
    load: {
      ...(flags.maxMegapixels !== undefined && { maxPixels: parseMegapixels(flags.maxMegapixels) }),
      ...(flags.precision !== undefined && { precision: parsePrecision(flags.precision) }),
      ...(flags.threads !== undefined && { threads: parseCount('--threads', flags.threads) }),
    },
    allowHosts: parseAllowedHosts(flags.allowHosts ?? env.CLIPQL_ALLOW_HOSTS ?? ''),
  };
}

/**
 * As {@link parseSettings}, with `PORT`.
 *
 * @throws ApiError BAD_OPTION.
 */
export function parseServerSettings(flags: ServerFlags, env: Environment): ServerSettings {
  return {
    ...parseSettings(flags, env),
    host: flags.host ?? DEFAULT_HOST,
    port: parsePort(flags.port ?? (env.PORT || DEFAULT_PORT)),
  };
}

/** @throws ApiError BAD_OPTION for anything but a whole number of at least 1. */
export function parseCount(flag: string, text: string): number {
  const value = wholeNumber(text);
  if (value === undefined || value < 1) {
    throw badOption(`${flag} as a whole number of at least 1`, text);
  }
  return value;
}

function parsePrecision(text: string): 'f32' | 'int8' {
  if (text !== 'f32' && text !== 'int8') throw badOption('--precision as f32 or int8', text);
  return text;
}

function parsePort(text: string): number {
  const port = wholeNumber(text);
  if (port === undefined || port > 65_535) {
    throw badOption('a port as a whole number from 0 to 65535', text);
  }
  return port;
}

function parseMegapixels(text: string): number {
  const pixels = Math.round(Number(text) * 1e6);
  if (text.trim() === '' || !Number.isSafeInteger(pixels) || pixels < 1) {
    throw badOption('--max-megapixels as a number above 0', text);
  }
  return pixels;
}

function wholeNumber(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function badOption(expected: string, got: string): ApiError {
  return new ApiError('BAD_OPTION', `expected ${expected}, got ${JSON.stringify(got)}`);
}
