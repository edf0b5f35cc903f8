import type { z } from 'zod';
import type { PublicError } from '../../errors/public-error.ts';

/** What a door takes and gives, for OpenAPI; the schemas are those that the door itself goes by. */
export interface Operation {
  /** For the names of generated clients: `createEmbeddings`. */
  readonly id: string;
  readonly summary: string;
  readonly description?: string;
  /** What the path's part in braces is. */
  readonly rest?: string;
  readonly body?: z.ZodType;
  /** By status. */
  readonly answers: Readonly<Record<number, OperationAnswer>>;
  /** The codes of its own failures, beside those that its route brings. */
  readonly errors: readonly PublicError['code'][];
  /** Requests that work, or fail as they should; a door that takes neither body nor rest has none. */
  readonly examples: readonly OperationExample[];
}

export interface OperationAnswer {
  readonly description: string;
  /** Undefined for an answer without a body. */
  readonly schema?: z.ZodType;
  /** Or a range of them, as in `image/*`; application/json unless given. */
  readonly mediaType?: string;
  /** Names and descriptions. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface OperationExample {
  readonly name: string;
  readonly summary: string;
  readonly body?: unknown;
  readonly rest?: string;
  /** How it is answered; 200 unless given. A summary ends with any other. */
  readonly status?: number;
}
