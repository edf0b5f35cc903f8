import {
  bodyOf,
  documentOf,
  filesIn,
  type Operation,
  variablesOf,
  withoutFiles,
} from '../server/operation.ts';
import { codeLiteral, graphqlLiteral, shellQuoted, withBase64 } from './literals.ts';

/** Where and how a copied text asks. */
interface Target {
  /** The address of GraphQL. */
  readonly url: string;
  /** Whether it has a place for a key; never the key itself. */
  readonly needsKey: boolean;
}

interface Language {
  readonly name: string;
  readonly print: (operation: Operation, target: Target) => string;
}

/** A document to paste into any GraphQL client; files become variables. */
export function asGraphql({ kind, name, field, args, inner = [], selection }: Operation): string {
  const files: string[] = [];
  const variable = () => `$file${files.push(`$file${files.length}: Upload!`) - 1}`;
  const passed = args.map(
    (argument) => `    ${argument.name}: ${graphqlLiteral(argument.value, variable)}\n`,
  );
  // In one go: a value may have another’s name in it.
  const body = selection.replaceAll(/\$(\w+)/g, (written, name) => {
    const argument = inner.find((one) => one.name === name);
    return argument ? graphqlLiteral(argument.value, variable) : written;
  });
  const declared = files.length === 0 ? '' : `(${files.join(', ')})`;
  const call = passed.length === 0 ? field : `${field}(\n${passed.join('')}  )`;
  return `${kind} ${name}${declared} {\n  ${call}${bodyOf(body)}\n}\n`;
}

function asCurl(operation: Operation, { url, needsKey }: Target): string {
  const query = documentOf(operation);
  const variables = variablesOf(operation);
  const files = filesIn(variables, 'variables');
  const body = withoutFiles({ query, variables });
  const key = needsKey ? ['-H "authorization: Bearer $CLIPQL_KEY"'] : [];
  if (files.length === 0) {
    const json = ["-H 'content-type: application/json'", `--data-raw ${shellQuoted(body)}`];
    return `${[`curl ${shellQuoted(url)}`, ...key, ...json].join(' \\\n  ')}\n`;
  }
  const map = JSON.stringify(Object.fromEntries(files.map(([path], i) => [i, [path]])));
  const form = [
    "-H 'graphql-require-preflight: 1'",
    `--form-string operations=${shellQuoted(body)}`,
    `--form-string map=${shellQuoted(map)}`,
    ...files.map(
      ([, { name }], i) => `-F ${shellQuoted(`${i}=@"${name.replaceAll(/["\\]/g, '\\$&')}"`)}`,
    ),
  ];
  return `${[`curl ${shellQuoted(url)}`, ...key, ...form].join(' \\\n  ')}\n`;
}

function asTypeScript(operation: Operation, { url, needsKey }: Target): string {
  const variables = withBase64(variablesOf(operation));
  const hasFiles = filesIn(variables, '').length > 0;
  const words = {
    file: (name: string) => `await readFile(${JSON.stringify(name)}, 'base64')`,
    name: (name: string) => name,
    constant: String,
  };
  const key = needsKey ? `    authorization: \`Bearer \${process.env.CLIPQL_KEY}\`,\n` : '';
  return `${hasFiles ? "import { readFile } from 'node:fs/promises';\n\n" : ''}const query = \`
${documentOf(operation)}
\`;
const variables = ${codeLiteral(variables, words, '')};

const response = await fetch(${JSON.stringify(url)}, {
  method: 'POST',
  headers: {
    'content-type': 'application/json',
${key}  },
  body: JSON.stringify({ query, variables }),
});
const { data, errors } = await response.json();
if (errors) throw new Error(errors[0].message);
console.log(JSON.stringify(data.${operation.field}, null, 2));
`;
}

function asPython(operation: Operation, { url, needsKey }: Target): string {
  const variables = withBase64(variablesOf(operation));
  const hasFiles = filesIn(variables, '').length > 0;
  const words = {
    file: (name: string) => `base64.b64encode(open(${JSON.stringify(name)}, "rb").read()).decode()`,
    name: (name: string) => JSON.stringify(name),
    constant: (value: number | boolean | null) =>
      value === null ? 'None' : value === true ? 'True' : value === false ? 'False' : String(value),
  };
  const imports = [...(hasFiles ? ['base64'] : []), 'json', ...(needsKey ? ['os'] : [])];
  const key = needsKey ? '\n    "authorization": "Bearer " + os.environ["CLIPQL_KEY"],' : '';
  return `${imports.map((name) => `import ${name}\n`).join('')}import urllib.request

query = """
${documentOf(operation)}
"""
variables = ${codeLiteral(variables, words, '')}

body = json.dumps({"query": query, "variables": variables}).encode()
request = urllib.request.Request(${JSON.stringify(url)}, body, {
    "content-type": "application/json",${key}
})
with urllib.request.urlopen(request) as response:
    answer = json.load(response)
if answer.get("errors"):
    raise SystemExit(answer["errors"][0]["message"])
print(json.dumps(answer["data"]["${operation.field}"], indent=2))
`;
}

export const LANGUAGES: readonly Language[] = [
  { name: 'GraphQL', print: asGraphql },
  { name: 'curl', print: asCurl },
  { name: 'TypeScript', print: asTypeScript },
  { name: 'Python', print: asPython },
];
