import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { ROOT } from './programs.ts';

/** Something that a package exports, or a method of it. */
export interface Documented {
  /** `packages/core/src/clip.ts encodeTexts` */
  readonly where: string;
  readonly kind: 'function' | 'class' | 'method' | 'value' | 'type';
  /** Its docstring without the stars; empty where it has none. */
  readonly docstring: string;
}

const EXPORTED = /export (type )?\{([^}]*)\} from '([^']+)'/g;
const DECLARED =
  /(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n)?export (?:async |declare |abstract )*(function|class|const|interface|type) (\w+)/g;
/** A method of a class that is not private, by the indentation of the formatter. */
const METHOD =
  /(?:^ {2}\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n)?^ {2}(?:async )?(?!constructor\b)([a-z]\w*)\(/gm;

const KINDS = {
  function: 'function',
  class: 'class',
  const: 'value',
  interface: 'type',
  type: 'type',
} as const;

/** What `@clipql/core` exports, with the methods of its classes. */
export const coreExports = (): readonly Documented[] =>
  ['packages/core/src/index.ts', 'packages/core/src/node/index.ts'].flatMap(exportsOf);

/** Those that are called, which have examples. */
export const callableOf = (exported: readonly Documented[]): readonly Documented[] =>
  exported.filter(({ kind }) => ['function', 'class', 'method'].includes(kind));

/** What an index file exports by name, with the methods of its classes. */
function exportsOf(index: string): readonly Documented[] {
  const lists = [...readFileSync(join(ROOT, index), 'utf8').matchAll(EXPORTED)];
  return lists.flatMap(([, , list = '', from = '']) => {
    const file = join(ROOT, dirname(index), from);
    const names = list.split(',').map((name) => name.replace(/\btype\b/, '').trim());
    return names.filter((name) => name !== '').flatMap((name) => declarationsOf(file, name));
  });
}

function declarationsOf(file: string, name: string): readonly Documented[] {
  const source = readFileSync(file, 'utf8');
  const found = [...source.matchAll(DECLARED)].find((match) => match[3] === name);
  if (found === undefined) throw new Error(`${file}: expected a declaration of ${name}, got none`);
  const [, comment = '', keyword] = found;
  const kind = KINDS[keyword as keyof typeof KINDS];
  const where = `${relative(ROOT, file)} ${name}`;
  const own = { where, kind, docstring: withoutStars(comment) };
  if (kind !== 'class') return [own];
  const body = source.slice(found.index, source.indexOf('\n}\n', found.index));
  const methods = [...body.matchAll(METHOD)].map(
    ([, text = '', method]): Documented => ({
      where: `${where}.${method}`,
      kind: 'method',
      docstring: withoutStars(text),
    }),
  );
  return [own, ...methods];
}

const withoutStars = (comment: string): string => comment.replace(/^ *\* ?/gm, '').trim();

/** The programs of a docstring's `@example`s. */
export const examplesOf = ({ docstring }: Documented): readonly string[] =>
  [...docstring.matchAll(/@example\n```ts\n([\s\S]*?)\n```/g)].map(([, program]) => program!);
