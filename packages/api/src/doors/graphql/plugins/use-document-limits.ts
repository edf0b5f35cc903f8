import { type DocumentNode, GraphQLError, NoSchemaIntrospectionCustomRule } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { grouped } from '../../../errors/grouped.ts';
import {
  type DocumentLimits,
  MAX_DEFINITIONS,
  MAX_DIRECTIVES,
  MAX_SELECTIONS,
} from '../../../limits/documents.ts';
import { type DocumentSize, documentSize } from './document-size.ts';

/** What is said of a document once it is parsed. */
interface ParsedLimits extends Pick<DocumentLimits, 'maxDepth' | 'maxAliases'> {
  /** Whether a client may ask for the schema. */
  readonly introspection: boolean;
}

/** Refuses documents that are too large to be meant well, before they are validated. */
export function useDocumentLimits(limits: ParsedLimits): Plugin {
  return {
    onValidate: ({ params, addValidationRule, setResult }) => {
      const excess = excessOf(params.documentAST as DocumentNode, limits);
      if (excess !== undefined) setResult([tooLarge(excess)]);
      if (!limits.introspection) addValidationRule(NoSchemaIntrospectionCustomRule);
    },
  };
}

/** What there is too much of: `at most 15 levels of fields, got 16`. */
function excessOf(document: DocumentNode, limits: ParsedLimits): string | undefined {
  const size = documentSize(document, limits.maxDepth, MAX_DEFINITIONS);
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
