import type { ClipErrorCode } from '@clipql/core';
import {
  type ErrorMeaning,
  FIX,
  noModel,
  OPERATOR,
  ofCommand,
  RETRY,
  refused,
  retryable,
  retryableOperation,
  wholeOperation,
} from './error-meaning.ts';
import { KEPT_MEANINGS } from './kept-meanings.ts';
import { REQUEST_MEANINGS } from './request-meanings.ts';

/**
 * Every door answers from this table, and `docs/errors.md` and the schema's enum are made from it. An
 * image's own failure is 422 where nothing says it better: a status of 5xx would be about this server.
 */
const MEANINGS = {
  // Images
  BAD_IMAGE_URL: refused(
    400,
    'The image’s address is no http, https or data URL, or is malformed.',
    FIX,
  ),
  HOST_NOT_ALLOWED: refused(
    403,
    'The image’s host has a private address, or the server’s rules exclude it.',
    'Use a public host, or ask the operator for `--allow-hosts`.',
  ),
  IMAGE_FETCH_FAILED: retryable(
    422,
    'The image’s host is unknown, was too slow, or did not answer with 2xx.',
    'Retry if `retryable` is true.',
  ),
  IMAGE_TOO_LARGE: refused(
    413,
    'The image has more bytes or pixels than allowed.',
    'Send a smaller image.',
  ),
  IMAGE_FILE_UNREADABLE: refused(
    422,
    'A file named on the command line cannot be read.',
    'Check its path and permissions.',
  ),
  IMAGE_UNSUPPORTED: refused(
    422,
    'The bytes are no image of a supported format.',
    'Send a PNG, JPEG, GIF, WebP, AVIF, BMP or TIFF.',
  ),
  IMAGE_CORRUPT: refused(422, 'The image’s data is truncated or damaged.', 'Send another file.'),
  IMAGE_DECODE_TIMEOUT: refused(422, 'Decoding the image took too long.', 'Send a smaller image.'),

  ...REQUEST_MEANINGS,

  // Load
  OVERLOADED: retryable(429, 'The queue is full.', 'Wait as long as `retry-after` says.'),
  DEADLINE_EXCEEDED: retryable(
    504,
    'The operation took longer than operations may.',
    'Ask for less, or retry.',
  ),
  SHUTTING_DOWN: retryableOperation(
    503,
    'The server is shutting down.',
    'Retry with another server.',
  ),
  MODEL_MEMORY_FULL: retryableOperation(
    503,
    'The models in use leave no memory for another.',
    RETRY,
  ),
  OUT_OF_MEMORY: retryable(
    503,
    'The model does not fit into memory.',
    'Retry, or use a smaller model.',
  ),
  WORKER_LOST: retryable(503, 'A thread that ran the model died.', RETRY),
  GPU_LOST: retryable(503, 'The graphics device was lost while it ran the model.', RETRY),
  DISPOSED: retryable(503, 'The model was unloaded while it was used.', RETRY),
  INTERNAL: refused(
    500,
    'Something unexpected went wrong.',
    'Tell the operator `requestId`; the log has the cause under it.',
  ),

  // Models and label sets
  UNKNOWN_MODEL: wholeOperation(
    404,
    'No model of this name is served.',
    '`models` lists their names.',
  ),
  PRECISION_NOT_SERVED: wholeOperation(
    404,
    'The model is not served in this precision.',
    'Leave `precision` out, or name another model.',
  ),
  UNKNOWN_LABEL_SET: wholeOperation(
    404,
    'There is no label set of this name.',
    '`labelSets` lists their names.',
  ),
  LABEL_SET_EXISTS: wholeOperation(
    409,
    'Another label set has this name.',
    'Choose another name, or pass `replace: true`.',
  ),
  TOO_MANY_LABEL_SETS: wholeOperation(
    409,
    'There are as many label sets as allowed.',
    'Delete one.',
  ),
  LABEL_SET_NOT_KEPT: {
    ...wholeOperation(500, 'A label set cannot be written to the data folder.', OPERATOR),
    instead: 'label sets cannot be written now',
  },
  MODEL_NOT_FOUND: noModel(
    'A model’s folder or one of its files is missing or unreadable.',
    'Check the name or the path.',
  ),
  DOWNLOAD_FAILED: noModel(
    'A download failed: no connection, a busy server, too many redirects.',
    RETRY,
  ),
  DOWNLOAD_DENIED: noModel(
    'The hub refuses the model: it is gated or private, or the token is wrong.',
    'Accept its terms on the hub and set `HF_TOKEN`.',
  ),
  DOWNLOAD_CORRUPT: noModel('Other bytes arrived than were announced.', RETRY),
  OFFLINE: noModel(
    'The model is not on disk, and downloads are turned off.',
    'Run `clipql pull` first.',
  ),
  DISK_FULL: noModel('The disk has no room for a download.', 'Make room, or move the cache.'),
  CACHE_UNUSABLE: noModel('The folder for downloads cannot be written.', 'Check its permissions.'),
  MODEL_CONFIG_INVALID: noModel(
    'A model’s configuration is malformed or not supported.',
    'Check the field that the message names.',
  ),
  WEIGHTS_INVALID: noModel('The weights file is malformed.', 'Download it again.'),
  WEIGHTS_MISMATCH: noModel(
    'The weights do not fit the model’s configuration.',
    'Check that both are from the same model.',
  ),

  ...KEPT_MEANINGS,

  // Commands
  GPU_UNAVAILABLE: ofCommand(
    'There is no graphics adapter, or it cannot run the model.',
    'Use `--backend wasm`.',
  ),
  BAD_OPTION: ofCommand(
    'A flag or an environment variable is not usable.',
    'Fix the one that the message names.',
  ),
  DATA_BUSY: ofCommand('Another server uses the data folder.', 'Stop it, or use another folder.'),
  LISTEN_FAILED: ofCommand(
    'The address to listen on is taken, or not this machine’s.',
    'Choose another port or host.',
  ),
  NO_IMAGES: ofCommand('A folder has no images, or does not exist.', 'Check the path.'),
  FOLDER_UNREADABLE: ofCommand('A folder of images cannot be read.', 'Check its permissions.'),
  OUTPUT_EXISTS: ofCommand(
    'The output exists, complete or begun by another run.',
    'Use another file, or remove it.',
  ),
  OUTPUT_BUSY: ofCommand('Another process is writing the same output.', 'Wait for it.'),
  OUTPUT_UNWRITABLE: ofCommand(
    'The disk is full, or the output’s folder is missing or not writable.',
    'Make room, or check the folder.',
  ),
} as const satisfies Readonly<Record<string, ErrorMeaning>>;

/** A stable word for programs: what every error has that a client gets. */
export type ErrorCode = keyof typeof MEANINGS;

/** What GraphQL itself finds in a request. */
type GraphqlErrorCode =
  | `GRAPHQL_${string}`
  | `PERSISTED_QUERY_${string}`
  | 'OPERATION_RESOLUTION_FAILURE'
  | 'QUERY_TOO_LARGE';

/** What went wrong outside the model. */
export type ApiErrorCode =
  | Exclude<ErrorCode, ClipErrorCode | GraphqlErrorCode | 'INTERNAL'>
  // The model's own, which this package finds too.
  | 'BAD_INPUT'
  | 'IMAGE_TOO_LARGE';

/** All codes, in the order in which the documentation has them. */
export const ERROR_CODES = Object.keys(MEANINGS) as readonly ErrorCode[];

/** What the error itself says goes before what its code does. */
export function meaningOf({
  code,
  retryable,
}: {
  readonly code: ErrorCode | ClipErrorCode;
  readonly retryable?: boolean;
}): ErrorMeaning {
  const meaning: ErrorMeaning = MEANINGS[code];
  return retryable === undefined ? meaning : { ...meaning, retryable };
}
