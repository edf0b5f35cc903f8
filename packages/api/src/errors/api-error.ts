/** What went wrong outside the model, as a stable word for programs. */
export type ApiErrorCode =
  /** The image's address is no http, https or data URL, or a malformed one. */
  | 'BAD_IMAGE_URL'
  /** The image's host has a private or reserved address, or the server's rules leave it out. */
  | 'HOST_NOT_ALLOWED'
  /** The image's host is unknown, did not send it in time, or gave another status than 2xx. */
  | 'IMAGE_FETCH_FAILED'
  /** The image has more bytes than allowed. */
  | 'IMAGE_TOO_LARGE'
  /** A file named on the command line cannot be read. */
  | 'IMAGE_FILE_UNREADABLE'
  /** The models in use leave no memory for another. */
  | 'MODEL_MEMORY_FULL'
  /** Decoding the image took too long. */
  | 'IMAGE_DECODE_TIMEOUT'
  /** The queue is full; the same request may be answered later. */
  | 'OVERLOADED'
  /** The operation took longer than operations may. */
  | 'DEADLINE_EXCEEDED'
  /** The server ends, and the operation was not done in time. */
  | 'SHUTTING_DOWN'
  /** The client went away before it was answered. */
  | 'REQUEST_ABORTED'
  /** No model of this name is served. */
  | 'UNKNOWN_MODEL'
  /** The model is served, but not in this precision. */
  | 'PRECISION_NOT_SERVED'
  /** More images in one operation than allowed. */
  | 'TOO_MANY_IMAGES'
  /** The image files of one operation, as they are under way together, have more bytes than allowed. */
  | 'TOO_MANY_IMAGE_BYTES'
  /** More labels than allowed. */
  | 'TOO_MANY_LABELS'
  /** More prompts (labels × templates, and texts) in one operation than allowed. */
  | 'TOO_MANY_PROMPTS'
  /** The answer would have more values than one can hold. */
  | 'ANSWER_TOO_LARGE'
  /** No label set of this name is kept. */
  | 'UNKNOWN_LABEL_SET'
  /** Another label set has this name. */
  | 'LABEL_SET_EXISTS'
  /** More label sets than allowed. */
  | 'TOO_MANY_LABEL_SETS'
  /** A label set cannot be written to the data folder. */
  | 'LABEL_SET_NOT_KEPT'
  /** Another server uses the data folder. */
  | 'DATA_BUSY'
  /** The body of a request is not of the form that it has to have. */
  | 'BAD_REQUEST'
  /** Nothing is at the path. */
  | 'NOT_FOUND'
  /** A caller has no valid key. */
  | 'UNAUTHENTICATED'
  /** A caller or an address sends more requests a minute than it may. */
  | 'RATE_LIMITED'
  /** A request's `Host` header names none of the server's hosts. */
  | 'UNKNOWN_HOST'
  /** A page of another site made a browser send this. */
  | 'CROSS_SITE_REQUEST'
  /** A request has more bytes than allowed. */
  | 'REQUEST_TOO_LARGE'
  /** A request's headers have more bytes than allowed. */
  | 'HEADERS_TOO_LARGE'
  /** A request did not arrive in time. */
  | 'REQUEST_TIMEOUT'
  /** An argument is not usable: no labels, an empty label, a text that is too long. */
  | 'BAD_INPUT'
  /** A command-line flag or an environment variable is not usable. */
  | 'BAD_OPTION'
  /** The address to listen on is taken, or not this machine's. */
  | 'LISTEN_FAILED'
  /** A folder has no images, or is not there. */
  | 'NO_IMAGES'
  /** A folder of images cannot be read. */
  | 'FOLDER_UNREADABLE'
  /** What a command is to write is there, made or begun by another run. */
  | 'OUTPUT_EXISTS'
  /** Another process is writing the same output. */
  | 'OUTPUT_BUSY'
  /** The disk is full, or the output's folder not there or not writable. */
  | 'OUTPUT_UNWRITABLE';

/** The one error class of `@clipql/api`; its message is one line that a user can act on. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ApiErrorCode;
  /** Seconds after which to try again; undefined where there is no saying. */
  readonly retryAfter: number | undefined;
  /** Whether the same may succeed later, where the code alone does not tell. */
  readonly retryable: boolean | undefined;

  constructor(
    code: ApiErrorCode,
    message: string,
    options: { cause?: unknown; retryAfter?: number; retryable?: boolean } = {},
  ) {
    super(message, options);
    this.code = code;
    this.retryAfter = options.retryAfter;
    this.retryable = options.retryable;
  }
}
