import type { ClipErrorCode } from '@clipql/core';
import type { ApiErrorCode } from './api-error.ts';
import type { PublicError } from './public-error.ts';

/** What an error's code means to a client. */
interface CodeMeaning {
  /** Of HTTP, where a whole request fails with it. */
  readonly status: number;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  /** Whether it is about an operation as a whole, so that no part of it can be answered. */
  readonly wholeOperation: boolean;
  /** What clients are told where its message, of hosts and folders, is for whoever runs the server alone. */
  readonly instead?: string;
}

const refused = (status: number): CodeMeaning => ({
  status,
  retryable: false,
  wholeOperation: false,
});
const retryable = (status: number): CodeMeaning => ({ ...refused(status), retryable: true });
const wholeOperation = (status: number): CodeMeaning => ({
  ...refused(status),
  wholeOperation: true,
});

const noModel: CodeMeaning = { ...wholeOperation(500), instead: 'the model cannot be had now' };

/**
 * Every door answers from this table. An image's own failure is 422 where nothing says it better: a
 * status of 5xx would be about this server.
 */
const MEANINGS: Readonly<Record<ApiErrorCode | ClipErrorCode | 'INTERNAL', CodeMeaning>> = {
  BAD_IMAGE_URL: refused(400),
  HOST_NOT_ALLOWED: refused(403),
  IMAGE_FETCH_FAILED: retryable(422),
  IMAGE_TOO_LARGE: refused(413),
  IMAGE_FILE_UNREADABLE: refused(422),
  IMAGE_UNSUPPORTED: refused(422),
  IMAGE_CORRUPT: refused(422),
  BAD_REQUEST: wholeOperation(400),
  NOT_FOUND: wholeOperation(404),
  UNAUTHENTICATED: wholeOperation(401),
  RATE_LIMITED: { ...wholeOperation(429), retryable: true },
  UNKNOWN_HOST: wholeOperation(403),
  CROSS_SITE_REQUEST: wholeOperation(403),
  REQUEST_TOO_LARGE: wholeOperation(413),
  HEADERS_TOO_LARGE: wholeOperation(431),
  REQUEST_TIMEOUT: { ...wholeOperation(408), retryable: true },
  IMAGE_DECODE_TIMEOUT: refused(422),
  OVERLOADED: retryable(429),
  DEADLINE_EXCEEDED: retryable(504),
  REQUEST_ABORTED: retryable(499),
  SHUTTING_DOWN: { ...wholeOperation(503), retryable: true },
  BAD_INPUT: refused(400),
  TOO_MANY_IMAGES: wholeOperation(400),
  TOO_MANY_IMAGE_BYTES: refused(413),
  TOO_MANY_LABELS: wholeOperation(400),
  TOO_MANY_PROMPTS: wholeOperation(400),
  ANSWER_TOO_LARGE: wholeOperation(400),
  UNKNOWN_MODEL: wholeOperation(404),
  PRECISION_NOT_SERVED: wholeOperation(404),
  UNKNOWN_LABEL_SET: wholeOperation(404),
  LABEL_SET_EXISTS: wholeOperation(409),
  TOO_MANY_LABEL_SETS: wholeOperation(409),
  LABEL_SET_NOT_KEPT: { ...wholeOperation(500), instead: 'label sets cannot be written now' },
  BAD_OPTION: wholeOperation(500),
  DATA_BUSY: wholeOperation(500),
  LISTEN_FAILED: wholeOperation(500),
  NO_IMAGES: wholeOperation(500),
  FOLDER_UNREADABLE: wholeOperation(500),
  OUTPUT_EXISTS: wholeOperation(500),
  OUTPUT_BUSY: wholeOperation(500),
  OUTPUT_UNWRITABLE: wholeOperation(500),
  MODEL_MEMORY_FULL: { ...wholeOperation(503), retryable: true },
  MODEL_NOT_FOUND: noModel,
  DOWNLOAD_FAILED: noModel,
  DOWNLOAD_DENIED: noModel,
  DOWNLOAD_CORRUPT: noModel,
  OFFLINE: noModel,
  DISK_FULL: noModel,
  CACHE_UNUSABLE: noModel,
  MODEL_CONFIG_INVALID: noModel,
  WEIGHTS_INVALID: noModel,
  WEIGHTS_MISMATCH: noModel,
  OUT_OF_MEMORY: retryable(503),
  WORKER_LOST: retryable(503),
  GPU_UNAVAILABLE: wholeOperation(500),
  GPU_LOST: retryable(503),
  DISPOSED: retryable(503),
  INTERNAL: refused(500),
};

/** What the error itself says goes before what its code does. */
export function meaningOf({
  code,
  retryable = MEANINGS[code].retryable,
}: Pick<PublicError, 'code' | 'retryable'>): CodeMeaning {
  return { ...MEANINGS[code], retryable };
}
