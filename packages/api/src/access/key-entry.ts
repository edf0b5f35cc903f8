/** An API key as the server knows it. */
export interface ApiKey {
  /** For logs and limits. */
  readonly name: string;
  /** SHA-256 of the key. Keys are long and random, so that it needs no salt. */
  readonly hash: Buffer;
}

/** What may be told of an invalid entry: its name, where it has one, and never what follows. */
export function describeKeyEntry(entry: unknown): string {
  if (typeof entry !== 'string') return 'no text';
  const [, name] = /^([\w.@-]{1,64}):/.exec(entry.trim()) ?? [];
  return name === undefined ? 'one without a name and a colon' : `something else after "${name}:"`;
}

/** Reads `name:hash`, the hash in hexadecimal; undefined for anything else, such as a key itself. */
export function parseKeyEntry(entry: string): ApiKey | undefined {
  const [, name, hash] = /^([\w.@-]{1,64}):([0-9a-f]{64})$/i.exec(entry.trim()) ?? [];
  if (name === undefined || hash === undefined) return undefined;
  return { name, hash: Buffer.from(hash, 'hex') };
}
