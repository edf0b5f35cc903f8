import { GraphQLError, type ParseOptions, parse, type Source } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/** Refuses a document with more tokens, or nested too deep, while it is parsed. */
export function useTokenLimit(maxTokens: number): Plugin {
  const parseWithin = (source: string | Source, options?: ParseOptions) => {
    try {
      return parse(source, { ...options, maxTokens });
    } catch (error) {
      // The parser calls itself for each level; a document that has no end of them ends its stack.
      if (!(error instanceof RangeError)) throw error;
      throw new GraphQLError('Syntax Error: the document is nested too deep', {
        extensions: { code: 'GRAPHQL_PARSE_FAILED' },
      });
    }
  };
  return { onParse: ({ setParseFn }) => setParseFn(parseWithin) };
}
