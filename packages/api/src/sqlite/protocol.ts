import type { ApiErrorCode } from '../errors/error-codes.ts';
import type { OperationKind } from './operation.ts';

/** What a thread is told when it starts. */
export interface ThreadSettings {
  readonly file: string;
  /** The first thread makes the file and checks it. */
  readonly prepares: boolean;
}

/** One at a time is done, in the order in which they come. */
export type Request =
  | {
      readonly id: number;
      /** The address of an `OperationModule`. */
      readonly module: string;
      readonly kind: OperationKind;
      readonly name: string;
      readonly input: unknown;
    }
  | { readonly id: number /** The path of a copy. */; readonly backup: string }
  | 'close';

/** `id` is undefined for the opening of the file. */
export type Reply = { readonly id: number | undefined } & (
  | { readonly result: unknown }
  /** `code` where the message is for users. */
  | { readonly code: ApiErrorCode | undefined; readonly message: string }
);
