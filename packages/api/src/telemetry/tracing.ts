/**
 * OpenTelemetry's traces, through its API alone: without an SDK, which `--tracing` imports, nothing
 * is recorded.
 */
import {
  type Attributes,
  isSpanContextValid,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { publicError } from '../errors/public-error.ts';

/** Does a piece of work in a span of its own, within the one that is active. */
export function withSpan<T>(
  name: string,
  attributes: Attributes,
  work: (span: Span) => Promise<T>,
  kind: SpanKind = SpanKind.INTERNAL,
): Promise<T> {
  return trace.getTracer('clipql').startActiveSpan(name, { attributes, kind }, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      // Its code alone: a message may quote what the user sent.
      const code = publicError(error)?.code ?? 'INTERNAL';
      span.setStatus({ code: SpanStatusCode.ERROR, message: code });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** The trace that the current work is part of; undefined where nothing is recorded. */
export function currentTraceId(): string | undefined {
  const span = trace.getActiveSpan()?.spanContext();
  return span !== undefined && isSpanContextValid(span) ? span.traceId : undefined;
}
