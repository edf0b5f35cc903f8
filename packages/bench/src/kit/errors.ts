/** What is wrong with what bench was given, as a stable word. */
export type BenchErrorCode =
  /** An option is unknown, or has a value that it cannot have. */
  | 'BAD_OPTION'
  /** A file or folder is not there or cannot be read. */
  | 'FILE_NOT_FOUND'
  /** A case file is malformed: not JSON, or its shapes do not fit one another. */
  | 'CASE_INVALID'
  /** A model cannot be exported: its weights are missing or not float32. */
  | 'MODEL_UNUSABLE'
  /** An engine that is measured failed, or gives other embeddings. */
  | 'ENGINE_FAILED'
  /** Two matrices that are compared have different shapes, or no values. */
  | 'SHAPE_MISMATCH'
  /** A package that bench needs is not installed. */
  | 'PACKAGE_MISSING';

/** The one error class of `@clipql/bench`. */
export class BenchError extends Error {
  override readonly name = 'BenchError';
  readonly code: BenchErrorCode;

  constructor(code: BenchErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
