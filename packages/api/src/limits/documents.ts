import { ApiError } from '../errors/api-error.ts';
import { grouped } from '../errors/grouped.ts';

/** What a GraphQL document may be; a server's settings say how much. */
export interface DocumentLimits {
  /** Bytes of its text. */
  readonly maxDocumentBytes: number;
  /** Comments and line breaks count as well, each kind by itself. */
  readonly maxTokens: number;
  /** Fields within fields. */
  readonly maxDepth: number;
  /** Fragments unfolded. */
  readonly maxAliases: number;
}

/** Unless settings say otherwise. */
export const DEFAULT_DOCUMENT_LIMITS: DocumentLimits = {
  maxDocumentBytes: 1024 * 1024,
  maxTokens: 50_000,
  maxDepth: 15,
  maxAliases: 200,
};

/** Operations of one request; what they ask for together is limited as if they were one. */
export const MAX_BATCHED_OPERATIONS = 10;

/** Far above what a query needs; validation takes time with the square of some of them. */
export const MAX_SELECTIONS = 1_500;
export const MAX_DEFINITIONS = 100;
export const MAX_DIRECTIVES = 200;

/** @throws ApiError BAD_INPUT for variables of more values, lists and objects among them, than `most`. */
export function checkVariableValues(values: number, most: number): void {
  if (values <= most) return;
  throw new ApiError(
    'BAD_INPUT',
    `expected variables of at most ${grouped(most)} values, got ${grouped(values)} or more`,
  );
}
