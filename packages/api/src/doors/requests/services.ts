import type { OperationServices } from '../../answers/context.ts';
import type { Settings } from '../../settings/settings.ts';
import type { RequestLog } from '../../telemetry/server-log.ts';
import type { Readiness } from './readiness.ts';
import type { KeepBytes } from './request-body.ts';

/** What the server has for all requests. */
export interface Services extends OperationServices {
  readonly readiness: Readiness;
  readonly settings: Settings;
  /** Takes each request once it is answered. */
  readonly logRequest: RequestLog;
  /** Tells whoever runs the server. */
  readonly warn: (message: string) => void;
}

/** What the listener tells of a request, beside the request itself. */
export interface ServerContext {
  /** The port that the request came in on; undefined without a listener. */
  readonly port?: number | undefined;
  /** The connection's other end. */
  readonly address?: string | undefined;
  /** Aborted, for a reason that is an ApiError, when the server ends and operations have to. */
  readonly ending?: AbortSignal | undefined;
  /** The status that the client got already, 0 when it is gone; undefined while it waits. */
  readonly sentStatus?: (() => number | undefined) | undefined;
  /** Counts the request's bytes among those that the server holds, until it is answered. */
  readonly keepBytes?: KeepBytes | undefined;
}
