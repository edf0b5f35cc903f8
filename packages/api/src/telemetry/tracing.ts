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

/**
 * Spans of work that waited in a queue and then ran until now, within the span that is active.
 *
 * @param start when it began to wait, as `performance.now()` has it.
 * @param milliseconds that it ran.
 */
export function recordQueuedWork(name: string, start: number, milliseconds: number): void {
  const tracer = trace.getTracer('clipql');
  const end = performance.now();
  const begun = Math.max(start, end - milliseconds);
  const record = (span: string, from: number, to: number) => {
    const attributes = { 'clipql.stage': name };
    const startTime = performance.timeOrigin + from;
    tracer.startSpan(span, { attributes, startTime }).end(performance.timeOrigin + to);
  };
  record('queue', start, begun);
  record(name, begun, end);
}

/** The trace that the current work is part of; undefined where nothing is recorded. */
export function currentTraceId(): string | undefined {
  const span = trace.getActiveSpan()?.spanContext();
  return span !== undefined && isSpanContextValid(span) ? span.traceId : undefined;
}
