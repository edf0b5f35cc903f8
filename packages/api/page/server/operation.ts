/** One field of the API with its arguments: what is sent, and what can be copied as code. */
export interface Operation {
  readonly kind: 'query' | 'mutation' | 'subscription';
  /** What the document calls it, such as `Classify`. */
  readonly name: string;
  readonly field: string;
  readonly args: readonly Argument[];
  /** Of fields within it: the selection has them as `$name`. */
  readonly inner?: readonly Argument[];
  /** What is asked of the field, without its braces; empty for a field without parts. */
  readonly selection: string;
}

export interface Argument {
  readonly name: string;
  /** In GraphQL, such as `[String!]`. */
  readonly type: string;
  readonly value: Value;
}

/** A file stands where the schema has an `Upload`. */
export type Value =
  | string
  | number
  | boolean
  | null
  | File
  | EnumName
  | readonly Value[]
  | { readonly [name: string]: Value };

/** A value of an enum: JSON has it as a text, but a document without quotation marks. */
export class EnumName {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  toJSON(): string {
    return this.name;
  }
}

/** A document with a variable for each argument. */
export function documentOf({ kind, name, field, args, inner = [], selection }: Operation): string {
  const all = [...args, ...inner];
  const declared = all.map((argument) => `$${argument.name}: ${argument.type}`).join(', ');
  const passed = args.map((argument) => `${argument.name}: $${argument.name}`).join(', ');
  const head = all.length === 0 ? `${kind} ${name}` : `${kind} ${name}(${declared})`;
  const call = args.length === 0 ? field : `${field}(${passed})`;
  return `${head} {\n  ${call}${bodyOf(selection)}\n}`;
}

/** ` { label }`, or nothing. */
export const bodyOf = (selection: string): string => (selection === '' ? '' : ` { ${selection} }`);

export const variablesOf = ({ args, inner = [] }: Operation): Readonly<Record<string, Value>> =>
  Object.fromEntries([...args, ...inner].map(({ name, value }) => [name, value]));

/** The files in a value, each with the path at which it stands. */
export function filesIn(value: Value, path: string): readonly (readonly [string, File])[] {
  if (value instanceof File) return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => filesIn(part, `${path}.${name}`));
}

/** As JSON is sent beside files: null in their places. */
export const withoutFiles = (value: Value): string =>
  JSON.stringify(value, (_name, part) => (part instanceof File ? null : part));
