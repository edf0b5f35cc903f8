import { pino } from 'pino';
import { meaningOf } from '../errors/error-codes.ts';
import { publicError } from '../errors/public-error.ts';
import type { ErrorLog } from './error-log.ts';
import { logLine } from './log-line.ts';
import { loggedError } from './logged-error.ts';
import { RefusalSampler } from './refusal-sampler.ts';
import { currentRequest } from './request-scope.ts';
import { currentTraceId } from './tracing.ts';

/** One request that was answered; neither its query string nor its headers, which may hold secrets. */
interface RequestEntry {
  /** Undefined, as is the path, of what did not become a request. */
  readonly method?: string;
  readonly path?: string;
  /** 0 when the client was gone before. */
  readonly status: number;
  readonly milliseconds?: number;
  /** Of the error it failed with. */
  readonly code?: string;
  /** As are those that follow, the scope's own unless given. */
  readonly requestId?: string;
  readonly address?: string;
}

export type RequestLog = (entry: RequestEntry) => void;

/** What whoever runs the server gets to read. */
export interface ServerLog {
  readonly request: RequestLog;
  readonly unexpected: ErrorLog;
  warn(message: string): void;
  info(message: string): void;
  /** Writes what is left to tell of. */
  end(): void;
}

/** Where a log goes. */
interface LogStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

interface LogSettings {
  readonly logFormat: 'auto' | 'json' | 'text';
  readonly logLevel: string;
}

/** JSON, one object a line, or lines for people where the stream is a terminal. */
export function createServerLog(
  { logFormat, logLevel }: LogSettings,
  stream: LogStream,
): ServerLog {
  const isText = logFormat === 'text' || (logFormat === 'auto' && stream.isTTY === true);
  const logger = pino(
    {
      level: logLevel,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (level) => ({ level }) },
      serializers: { err: loggedError },
      mixin: () => scopeFields(),
    },
    { write: (line) => stream.write(isText ? logLine(line) : line) },
  );
  const refusals = new RefusalSampler((refusal) => logger.warn(refusal, 'more requests refused'));
  return {
    request: (entry) => {
      if (!refusals.take(entry)) return;
      logger[entry.status >= 500 ? 'warn' : 'info'](entry, 'request');
    },
    unexpected: (requestId, err) => {
      const known = publicError(err);
      if (known === undefined) return logger.error({ requestId, err }, 'unexpected error');
      // Its message says what is wrong: mostly, that the database is away.
      const level = meaningOf(known).retryable ? 'warn' : 'error';
      logger[level]({ requestId, code: known.code }, known.message);
    },
    warn: (message) => logger.warn(message),
    info: (message) => logger.info(message),
    end: () => refusals.end(),
  };
}

function scopeFields(): object {
  const scope = currentRequest();
  if (scope === undefined) return {};
  const { id: requestId, caller, address, operation } = scope;
  const traceId = currentTraceId();
  return {
    requestId,
    ...(traceId && { traceId }),
    ...(caller && { caller }),
    ...(address && { address }),
    ...(operation && { operation }),
  };
}
