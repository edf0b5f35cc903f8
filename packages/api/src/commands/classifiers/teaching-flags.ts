import { basename, resolve } from 'node:path';
import { DEFAULT_TEMPLATES } from '@clipql/core';
import { ApiError } from '../../errors/api-error.ts';
import { nameLike } from '../../limits/names.ts';
import type { Flags } from '../../settings/settings.ts';
import { type ClassFiles, type ClassFlags, nothingGiven, parsePair } from './class-flags.ts';
import type { LocalTeaching } from './teach-locally.ts';

export interface TeachingFlags extends Flags, ClassFlags {
  readonly name?: string;
  /** `LABEL=TEXT` */
  readonly text?: readonly string[];
  readonly withoutText?: readonly string[];
  readonly templates?: readonly string[];
  readonly keepImages?: true;
  readonly replace?: true;
}

/**
 * What `clipql classifiers create` is to make.
 *
 * @throws ApiError BAD_OPTION.
 */
export function teachingOf(
  folder: string | undefined,
  flags: TeachingFlags,
  files: ClassFiles,
): LocalTeaching {
  const texts = new Map<string, readonly string[]>();
  for (const entry of flags.text ?? []) {
    const [label, text] = parsePair('--text', 'LABEL=TEXT', entry);
    texts.set(label, [...(texts.get(label) ?? []), text]);
  }
  for (const label of flags.withoutText ?? []) {
    if (texts.has(label)) {
      const got = JSON.stringify(label);
      throw new ApiError('BAD_OPTION', `expected --text or --without-text, got both for ${got}`);
    }
    texts.set(label, []);
  }
  if (files.size + texts.size === 0) throw nothingGiven();
  return {
    name: flags.name ?? nameOf(folder),
    ...{ files, texts, labels: [...new Set([...files.keys(), ...texts.keys()])] },
    templates: flags.templates ?? DEFAULT_TEMPLATES,
    keepsImages: flags.keepImages ?? false,
    replace: flags.replace ?? false,
  };
}

function nameOf(folder: string | undefined): string {
  const name = folder === undefined ? undefined : nameLike(basename(resolve(folder)));
  if (name !== undefined) return name;
  const got = folder ?? 'no folder';
  throw new ApiError(
    'BAD_OPTION',
    `expected --name NAME, or a folder with letters from a to z or digits in its name, got ${got}`,
  );
}
