import { stat } from 'node:fs/promises';

/** A file whose embedding is wanted, as it was when the run began. */
export interface FileVersion {
  /** What it is called in the output. */
  readonly file: string;
  /** Its size; 0 where it cannot be looked at. */
  readonly bytes: number;
  /** When it was last changed, in milliseconds since 1970; 0 where it cannot be looked at. */
  readonly modified: number;
}

/** @param path where it lies. */
export async function versionOf(file: string, path: string): Promise<FileVersion> {
  const stats = await stat(path).catch(() => undefined);
  return { file, bytes: stats?.size ?? 0, modified: stats?.mtimeMs ?? 0 };
}

/** Equal for equal files: of one name that was not changed. */
export const identityOf = ({ file, bytes, modified }: FileVersion): string =>
  `${bytes} ${modified} ${file}`;
