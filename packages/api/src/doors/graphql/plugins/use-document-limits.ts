import { type DocumentNode, GraphQLError, NoSchemaIntrospectionCustomRule } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { grouped } from '../../../errors/grouped.ts';
import {
  type DocumentLimits,
  MAX_DEFINITIONS,
  MAX_DIRECTIVES,
  MAX_SELECTIONS,
} from '../../../limits/documents.ts';
import { type DocumentSize, documentSize, sizeOfBoth } from './document-size.ts';

/** What is said of a document once it is parsed. */
interface ParsedLimits extends Pick<DocumentLimits, 'maxDepth' | 'maxAliases'> {
  /** Whether a client may ask for the schema. */
  readonly introspection: boolean;
}

/**
 * Refuses documents that are too large to be meant well, before they are validated; those of a batch are
 * measured together.
 */
export function useDocumentLimits(limits: ParsedLimits): Plugin {
  const batches = new WeakMap<Request, DocumentSize>();
  return {
    onParse:
      () =>
      ({ context: { request }, result }) => {
        if (result instanceof Error) return;
        const { maxDepth } = limits;
        const size = documentSize(result as DocumentNode, maxDepth, MAX_DEFINITIONS);
        const before = batches.get(request);
        const all = before === undefined ? size : sizeOfBoth(before, size);
        const excess = excessOf(all, limits);
        if (excess !== undefined) throw tooLarge(excess);
        batches.set(request, all);
      },
    onValidate: ({ addValidationRule }) => {
      if (!limits.introspection) addValidationRule(NoSchemaIntrospectionCustomRule);
    },
  };
}

/** What there is too much of: `at most 15 levels of fields, got 16`. */
function excessOf(size: DocumentSize, limits: ParsedLimits): string | undefined {
  const bounds: readonly (readonly [keyof DocumentSize, number, string])[] = [
    ['definitions', MAX_DEFINITIONS, 'operations and fragments'],
    ['depth', limits.maxDepth, 'levels of fields'],
    ['aliases', limits.maxAliases, 'aliases'],
    ['selections', MAX_SELECTIONS, 'fields'],
    ['directives', MAX_DIRECTIVES, 'directives'],
  ];
  const over = bounds.find(([name, most]) => size[name] > most);
  if (over === undefined) return undefined;
  const [name, most, what] = over;
  const got = Number.isFinite(size[name]) ? grouped(size[name]) : 'more';
  return `at most ${grouped(most)} ${what}, got ${got}`;
}

function tooLarge(excess: string): GraphQLError {
  return new GraphQLError(`expected a query with ${excess}`, {
    extensions: { code: 'QUERY_TOO_LARGE', http: { status: 400, spec: true } },
  });
}
