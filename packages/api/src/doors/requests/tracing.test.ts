import { context, propagation, trace } from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { bytes, startWebServer, type WebServer } from '../../../../core/src/testing/web-server.ts';
import { createServerLog } from '../../telemetry/server-log.ts';
import { dataUrl, startApi, type TestApi } from '../../testing/api.ts';
import { holdImageTower } from '../../testing/held-tower.ts';
import { picture } from '../../testing/pictures.ts';

const spans = new InMemorySpanExporter();
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
const PICTURE = dataUrl(picture(1), 'image/png');

let api: TestApi;
let web: WebServer;

beforeAll(async () => {
  new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }).register();
  web = await startWebServer({ '/text.jpg': bytes(Buffer.from('no image')) });
  api = await startApi({ allowHosts: [web.host] });
});

afterAll(async () => {
  await api.close();
  await web.close();
  trace.disable();
  context.disable();
  propagation.disable();
});

beforeEach(() => spans.reset());

const ask = (path: string, query: string, to = api) =>
  to.fetch(path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      traceparent: `00-${TRACE}-${PARENT}-01`,
      authorization: 'Bearer hush',
    },
    body: JSON.stringify({ query }),
  });

test('a request is a span within its client’s, and a fetched image one within it', async () => {
  const url = `${web.url}/text.jpg`;
  await ask('/graphql?key=hush', `query Words { embedImage(imageUrl: "${url}") { dimensions } }`);
  const [fetched, request] = spans.getFinishedSpans();
  expect(request).toMatchObject({
    name: 'POST graphql',
    parentSpanContext: { traceId: TRACE, spanId: PARENT },
    attributes: {
      'http.request.method': 'POST',
      'url.path': '/graphql',
      'http.response.status_code': 200,
      'graphql.operation.type': 'query',
      'graphql.operation.name': 'Words',
    },
  });
  expect(fetched).toMatchObject({
    name: 'fetch image',
    parentSpanContext: { spanId: request!.spanContext().spanId },
    attributes: { 'server.address': '127.0.0.1' },
  });
  expect(JSON.stringify(spans.getFinishedSpans().map((span) => span.attributes))).not.toContain(
    'hush',
  );
});

test('an image that cannot be had is a span with its code', async () => {
  await ask('/graphql', `{ embedImage(imageUrl: "${web.url}/none.jpg") { dimensions } }`);
  expect(spans.getFinishedSpans()[0]).toMatchObject({
    name: 'fetch image',
    status: { code: 2, message: 'IMAGE_FETCH_FAILED' },
  });
});

test('a request whose operation fails is an error with its code, though its status is 200', async () => {
  await ask('/graphql', `{ embedImage(imageUrl: "${web.url}/none.jpg") { dimensions } }`);
  expect(spans.getFinishedSpans().at(-1)).toMatchObject({
    name: 'POST graphql',
    attributes: { 'http.response.status_code': 200 },
    status: { code: 2, message: 'IMAGE_FETCH_FAILED' },
  });
  spans.reset();
  await ask('/graphql', '{ models { name } }');
  expect(spans.getFinishedSpans()[0]).toMatchObject({ status: { code: 0 } });
});

test('waiting, decoding and the forward pass are spans within the request’s, one after another', async () => {
  await ask('/graphql', '{ embedImage(imageUrl: "/examples/march-pastoral.jpg") { dimensions } }');
  const found = spans.getFinishedSpans();
  const { spanId } = found.at(-1)!.spanContext();
  const stages = found.filter(({ name }) => ['queue', 'decode', 'forward'].includes(name));
  expect(stages.map(({ name }) => name)).toEqual(['queue', 'decode', 'queue', 'forward']);
  for (const stage of stages) expect(stage.parentSpanContext?.spanId).toBe(spanId);
  const times = stages.flatMap(({ startTime, endTime }) => [startTime, endTime]);
  const nanoseconds = times.map(([s, ns]) => BigInt(s) * 1_000_000_000n + BigInt(ns));
  expect(nanoseconds).toEqual(nanoseconds.toSorted((a, b) => (a < b ? -1 : 1)));
});

/** Within the request's span: name, stage and the code of what failed. */
const failedStages = () =>
  spans
    .getFinishedSpans()
    .filter(({ status, name }) => status.code === 2 && name !== 'POST graphql')
    .map(({ name, attributes, status, parentSpanContext }) => ({
      name,
      stage: attributes['clipql.stage'],
      code: status.message,
      isWithin: parentSpanContext?.spanId === spans.getFinishedSpans().at(-1)!.spanContext().spanId,
    }));

test('a stage that fails is a span within the request’s, with its code', async () => {
  const png = picture(1);
  const damaged = dataUrl(png.subarray(0, png.length / 2), 'image/png');
  await ask('/graphql', `{ embedImage(imageUrl: "${damaged}") { dimensions } }`);
  const isWithin = true;
  expect(failedStages()).toEqual([
    { name: 'decode', stage: 'decode', code: 'IMAGE_CORRUPT', isWithin },
  ]);

  vi.spyOn(api.model.clip, 'encodeImages').mockRejectedValueOnce(new Error('no such thing'));
  spans.reset();
  await ask('/graphql', `{ embedImage(imageUrl: "${PICTURE}") { dimensions } }`);
  expect(failedStages()).toEqual([
    { name: 'forward', stage: 'forward', code: 'INTERNAL', isWithin },
  ]);
  expect(api.logged.splice(0)).toHaveLength(1);
});

test('what the queue refuses is a span with its code, for images and for texts', async () => {
  const small = await startApi({ inference: { maxBatch: 1, queue: 0 } });
  onTestFinished(() => small.close());
  const tower = holdImageTower(small);
  const first = small.query(
    '{ embedImage(imageUrl: "/examples/black-canyon.jpg") { dimensions } }',
  );
  await tower.begun(1);
  spans.reset();
  const texts = Array.from({ length: 100 }, (_, i) => `{ text: "${'sheep '.repeat(99)}${i}" }`);
  for (const inputs of [`{ image: { url: "${PICTURE}" } }`, texts.join(' ')]) {
    const { status } = await ask(
      '/graphql',
      `{ embed(inputs: [${inputs}]) { __typename } }`,
      small,
    );
    expect(status).toBe(429);
  }
  const code = 'OVERLOADED';
  const stages = failedStages();
  tower.open();
  await first;
  expect(stages).toMatchObject([
    { name: 'queue', stage: 'image', code },
    { name: 'queue', stage: 'text', code },
  ]);
});

test('requests at once keep their traces apart, and unknown paths share a name', async () => {
  await Promise.all(['/a', '/b', '/c'].map((path) => api.fetch(path)));
  const found = spans.getFinishedSpans();
  expect(found.map(({ name }) => name)).toEqual(['GET other', 'GET other', 'GET other']);
  expect(new Set(found.map((span) => span.spanContext().traceId)).size).toBe(3);
});

test('a request’s line in the log has its trace', async () => {
  let text = '';
  const write = (line: string) => {
    text += line;
  };
  const log = createServerLog({ logFormat: 'json', logLevel: 'info' }, { write });
  const logging = await startApi({ log });
  await logging.fetch('/v1/models', { headers: { traceparent: `00-${TRACE}-${PARENT}-01` } });
  await logging.close();
  expect(JSON.parse(text)).toMatchObject({ path: '/v1/models', traceId: TRACE });
});
