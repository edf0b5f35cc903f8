import { GraphQLError, type ParseOptions, parse, type Source } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { grouped } from '../../../errors/grouped.ts';
import type { DocumentLimits } from '../../../limits/documents.ts';

type TextLimits = Pick<DocumentLimits, 'maxDocumentBytes' | 'maxTokens'>;

/**
 * Refuses a document that is too long before it is parsed, or has too many tokens or levels meanwhile.
 * Those of a batch are as long as all of them.
 */
export function useParseLimits({ maxDocumentBytes, maxTokens }: TextLimits): Plugin {
  const batches = new WeakMap<Request, number>();
  const parseFor = (request: Request) => (source: string | Source, options?: ParseOptions) => {
    const text = typeof source === 'string' ? source : source.body;
    const bytes = (batches.get(request) ?? 0) + Buffer.byteLength(text);
    batches.set(request, bytes);
    checkBytes(bytes, maxDocumentBytes);
    checkSigns(text, '#', 'comments', maxTokens);
    checkSigns(text, '\n', 'lines', maxTokens);
    try {
      return parse(source, { ...options, maxTokens });
    } catch (error) {
      // The parser calls itself for each level; a document that has no end of them ends its stack.
      if (!(error instanceof RangeError)) throw error;
      throw parseError('the document is nested too deep');
    }
  };
  return { onParse: ({ context: { request }, setParseFn }) => setParseFn(parseFor(request)) };
}

function checkBytes(bytes: number, most: number): void {
  if (bytes <= most) return;
  const message = `expected a query of at most ${grouped(most)} bytes, got ${grouped(bytes)}; long texts go into variables`;
  throw new GraphQLError(message, {
    extensions: { code: 'QUERY_TOO_LARGE', http: { status: 400, spec: true } },
  });
}

/** The parser makes something of each, and does not count it: a token, or a line of a block string. */
function checkSigns(text: string, sign: string, what: string, most: number): void {
  let count = 0;
  for (let at = text.indexOf(sign); at !== -1; at = text.indexOf(sign, at + 1)) {
    if (++count > most) throw parseError(`Document contains more than ${grouped(most)} ${what}`);
  }
}

const parseError = (message: string): GraphQLError =>
  new GraphQLError(`Syntax Error: ${message}`, { extensions: { code: 'GRAPHQL_PARSE_FAILED' } });
