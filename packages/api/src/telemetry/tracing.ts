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
      fail(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

/**
 * Does work that waits in a queue and then runs, and records both as spans within the span that is active. Of
 * work that fails it is not known when it began: one span with the stage's name has all of it, and the code.
 *
 * @param millisecondsOf tells from the result how long the work ran.
 */
export async function withQueuedSpans<T>(
  stage: string,
  work: () => Promise<T>,
  millisecondsOf: (result: T) => number,
): Promise<T> {
  const start = performance.now();
  const result = await work().catch((error: unknown) => {
    recordFailure(stage, stage, start, error);
    throw error;
  });
  const end = performance.now();
  const begun = Math.max(start, end - millisecondsOf(result));
  record('queue', stage, start, begun);
  record(stage, stage, begun, end);
  return result;
}

/** Takes a place in a queue; a refusal is a span within the one that is active, with the refusal's code. */
export function withRefusalSpan<T>(stage: string, take: () => T): T {
  const start = performance.now();
  try {
    return take();
  } catch (error) {
    recordFailure('queue', stage, start, error);
    throw error;
  }
}

/** Times are those of `performance.now()`. */
function record(name: string, stage: string, start: number, end: number, error?: unknown): void {
  const attributes = { 'clipql.stage': stage };
  const startTime = performance.timeOrigin + start;
  const span = trace.getTracer('clipql').startSpan(name, { attributes, startTime });
  if (error !== undefined) fail(span, error);
  span.end(performance.timeOrigin + end);
}

const recordFailure = (name: string, stage: string, start: number, error: unknown): void =>
  record(name, stage, start, performance.now(), error);

/** With its code alone: a message may quote what the user sent. */
function fail(span: Span, error: unknown): void {
  const message = publicError(error)?.code ?? 'INTERNAL';
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}

/** The trace that the current work is part of; undefined where nothing is recorded. */
export function currentTraceId(): string | undefined {
  const span = trace.getActiveSpan()?.spanContext();
  return span !== undefined && isSpanContextValid(span) ? span.traceId : undefined;
}
