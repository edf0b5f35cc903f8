/** The parts of an OpenAPI 3.1 document that this page shows. */

export interface OpenApi {
  readonly info: { readonly version: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

export interface Operation {
  readonly summary: string;
  readonly description?: string;
  readonly security: readonly unknown[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<
    Record<
      string,
      { readonly description: string; readonly content?: Readonly<Record<string, Content>> }
    >
  >;
}

interface Parameter {
  readonly name: string;
  readonly description?: string;
  readonly schema: Schema;
}

interface Content {
  readonly schema: Schema;
  readonly examples?: Readonly<Record<string, Example>>;
}

export interface Example {
  readonly summary: string;
  readonly value: unknown;
}

export interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

/** One line of a schema’s table. */
export interface SchemaRow {
  /** `data[].embedding` */
  readonly path: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly description: string;
}

/** Deeper ones are of errors and of others’ formats, and would fill pages. */
const DEEPEST = 4;

/** All fields of a schema, those of lists and of alternatives too, each once. */
export function schemaRows(schema: Schema): readonly SchemaRow[] {
  const rows = new Map<string, SchemaRow>();
  const visit = (one: Schema, path: string, depth: number): void => {
    for (const other of [...(one.anyOf ?? []), ...(one.oneOf ?? [])]) visit(other, path, depth);
    if (one.items !== undefined) visit(one.items, `${path}[]`, depth);
    if (depth === DEEPEST) return;
    for (const [name, property] of Object.entries(one.properties ?? {})) {
      const at = path === '' ? name : `${path}.${name}`;
      if (!rows.has(at)) {
        const isRequired = one.required?.includes(name) ?? false;
        const description = property.description ?? '';
        rows.set(at, { path: at, type: typeText(property), isRequired, description });
      }
      visit(property, at, depth + 1);
    }
  };
  visit(schema, '', 0);
  return [...rows.values()];
}

/** `string[] | "float" | "base64"` */
export function typeText({ type, items, enum: values, anyOf, oneOf, ...rest }: Schema): string {
  const alternatives = anyOf ?? oneOf;
  if (alternatives !== undefined) return [...new Set(alternatives.map(typeText))].join(' | ');
  if (values !== undefined) return values.map((value) => JSON.stringify(value)).join(' | ');
  if (rest.const !== undefined) return JSON.stringify(rest.const);
  if (items !== undefined) {
    const inner = typeText(items);
    return inner.includes(' | ') ? `(${inner})[]` : `${inner}[]`;
  }
  if (type === undefined) return 'any';
  return typeof type === 'string' ? type : type.join(' | ');
}
