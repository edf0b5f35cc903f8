/** What an error's code means to a client. */
export interface ErrorMeaning {
  /** Of HTTP, where a whole request fails with it. */
  readonly status: number;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  /** Whether it is about an operation as a whole, so that no part of it can be answered. */
  readonly wholeOperation: boolean;
  /** What clients are told in place of a message that names hosts and folders, which only the operator may see. */
  readonly instead?: string;
  /** What went wrong, in a sentence. */
  readonly meaning: string;
  /** What whoever gets it can do, in a sentence. */
  readonly action: string;
}

/** Advice that several codes share. */
export const RETRY = 'Retry.';
export const FIX = 'Fix the argument that the message names.';
export const OPERATOR = 'Tell the operator.';

type Row = (status: number, meaning: string, action: string) => ErrorMeaning;

/** The same request fails again, or a part of it does. */
export const refused: Row = (status, meaning, action) => ({
  status,
  retryable: false,
  wholeOperation: false,
  meaning,
  action,
});

export const retryable: Row = (...row) => ({ ...refused(...row), retryable: true });

export const wholeOperation: Row = (...row) => ({ ...refused(...row), wholeOperation: true });

export const retryableOperation: Row = (...row) => ({ ...wholeOperation(...row), retryable: true });

/** For what ends a command. */
export const ofCommand = (meaning: string, action: string): ErrorMeaning =>
  wholeOperation(500, meaning, action);

/** For a model whose files cannot be read or downloaded now. */
export const noModel = (meaning: string, action: string): ErrorMeaning => ({
  ...wholeOperation(500, meaning, action),
  instead: 'the model cannot be had now',
});
