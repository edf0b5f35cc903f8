import { GraphQLError, type ParseOptions, parse, type Source } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/** Refuses a document with more tokens, or nested too deep, while it is parsed. */
export function useTokenLimit(maxTokens: number): Plugin {
  const parseWithin = (source: string | Source, options?: ParseOptions) => {
    checkComments(typeof source === 'string' ? source : source.body, maxTokens);
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

/** The parser makes a token of each, and does not count it; within texts the sign is rare. */
function checkComments(text: string, most: number): void {
  let count = 0;
  for (let at = text.indexOf('#'); at !== -1; at = text.indexOf('#', at + 1)) {
    if (++count <= most) continue;
    throw new GraphQLError(`Syntax Error: Document contains more than ${most} comments`, {
      extensions: { code: 'GRAPHQL_PARSE_FAILED' },
    });
  }
}
