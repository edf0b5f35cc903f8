/** What went wrong, as a stable word for programs. The message says what was expected and what came. */
export type ClipErrorCode =
  /** A model's folder, or a file that it must hold, is not there or cannot be read. */
  | 'MODEL_NOT_FOUND'
  /** A download did not come through: no connection, a busy server, redirects without end. */
  | 'DOWNLOAD_FAILED'
  /** The server refuses a model: it is gated or private, or the token is of no use. */
  | 'DOWNLOAD_DENIED'
  /** Other bytes arrived than the server announced. */
  | 'DOWNLOAD_CORRUPT'
  /** A model is not on the disk, and the network is not to be used. */
  | 'OFFLINE'
  /** No room on the disk for a download. */
  | 'DISK_FULL'
  /** The folder for downloads cannot be written to. */
  | 'CACHE_UNUSABLE'
  /** `config.json`, `preprocessor_config.json` or `tokenizer.json` is malformed or not supported. */
  | 'MODEL_CONFIG_INVALID'
  /** The weights file is malformed: not safetensors, cut short, or hostile. */
  | 'WEIGHTS_INVALID'
  /** The weights file is well formed, but its tensors do not fit the config. */
  | 'WEIGHTS_MISMATCH'
  /** The bytes are no image of a supported format. */
  | 'IMAGE_UNSUPPORTED'
  /** The image has more pixels than allowed. */
  | 'IMAGE_TOO_LARGE'
  /** The image's header is right, but its data is cut short or damaged. */
  | 'IMAGE_CORRUPT'
  /** An argument is not usable: no labels, an empty label, a template without `{}`. */
  | 'BAD_INPUT'
  /** The model or index does not fit into the memory that there is, or into the 4 GiB of WebAssembly. */
  | 'OUT_OF_MEMORY'
  /** A thread that ran the model or the index died; the same call can be made again. */
  | 'WORKER_LOST'
  /** No graphics adapter answers, or it cannot run the model. */
  | 'GPU_UNAVAILABLE'
  /** The graphics device was lost while it ran the model; the same call can be made again. */
  | 'GPU_LOST'
  /** The model or index was disposed of before or while it was used. */
  | 'DISPOSED';

/**
 * The error class of `@clipql/core`.
 *
 * @example
 * ```ts
 * import { ClipError, sniffImage } from '@clipql/core';
 *
 * try {
 *   sniffImage(new TextEncoder().encode('no image'));
 * } catch (error) {
 *   console.log(error instanceof ClipError && error.code); // IMAGE_UNSUPPORTED
 * }
 * ```
 */
export class ClipError extends Error {
  override readonly name = 'ClipError';
  readonly code: ClipErrorCode;

  constructor(code: ClipErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** A number as messages show it: `8,192`. */
export const grouped = (value: number | bigint): string => value.toLocaleString('en-US');
