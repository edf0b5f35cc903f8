import { EnumName, type Value } from '../server/operation.ts';

/** A value as a GraphQL document has it. @param file how a file is written. */
export function graphqlLiteral(value: Value, file: (file: File) => string): string {
  if (value instanceof File) return file(value);
  if (value instanceof EnumName) return value.name;
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value))
    return `[${value.map((part: Value) => graphqlLiteral(part, file)).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).map(
      ([name, part]) => `${name}: ${graphqlLiteral(part as Value, file)}`,
    );
    return `{ ${fields.join(', ')} }`;
  }
  return String(value);
}

/** In single quotes, in which a POSIX shell reads nothing but the end. */
export const shellQuoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** A value as TypeScript or Python has it, indented; files by the code that reads them. */
export function codeLiteral(value: Value, words: CodeWords, indent = '  '): string {
  if (value instanceof File) return words.file(value.name);
  if (typeof value === 'string' || value instanceof EnumName) return JSON.stringify(value);
  if (Array.isArray(value)) {
    const parts = value.map((part: Value) => codeLiteral(part, words, `${indent}  `));
    return list('[', parts, ']', indent);
  }
  if (typeof value === 'object' && value !== null) {
    const parts = Object.entries(value).map(
      ([name, part]) => `${words.name(name)}: ${codeLiteral(part as Value, words, `${indent}  `)}`,
    );
    return list('{', parts, '}', indent);
  }
  return words.constant(value as number | boolean | null);
}

/** What a language writes in its own way. */
export interface CodeWords {
  /** The file's content in base64. */
  readonly file: (name: string) => string;
  readonly name: (name: string) => string;
  readonly constant: (value: number | boolean | null) => string;
}

function list(open: string, parts: readonly string[], close: string, indent: string): string {
  const line = `${open}${open === '{' ? ' ' : ''}${parts.join(', ')}${open === '{' ? ' ' : ''}${close}`;
  if (line.length <= 80 && !line.includes('\n')) return line;
  return `${open}\n${parts.map((part) => `${indent}  ${part},\n`).join('')}${indent}${close}`;
}

/** Where a schema takes an upload it takes base64 too, which is less to write. */
export function withBase64(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof File || value instanceof EnumName) return value;
  if (Array.isArray(value)) return value.map(withBase64);
  const entries = Object.entries(value) as [string, Value][];
  return Object.fromEntries(
    entries.map(([name, part]) =>
      name === 'upload' && part instanceof File ? ['base64', part] : [name, withBase64(part)],
    ),
  );
}
