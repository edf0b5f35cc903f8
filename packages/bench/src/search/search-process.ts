/** The process of one engine: builds, searches, sends the measurements, ends. */
import { median } from '../kit/timing/statistics.ts';
import { createClipQl } from './engines/clipql.ts';
import type { EngineSettings, SearchEngine } from './engines/engine.ts';
import { createLanceDb } from './engines/lancedb.ts';
import { createPostgres } from './engines/postgres.ts';
import { createSqliteVec } from './engines/sqlite-vec.ts';
import { createUSearch } from './engines/usearch.ts';
import type { EngineName, SearchMeasurements, SearchReply, SearchRequest } from './protocol.ts';
import { ReadBandwidth } from './read-bandwidth.ts';
import { CHUNK_ROWS, ClusteredVectors } from './vectors.ts';

const CREATE: Readonly<
  Record<EngineName, (settings: EngineSettings) => SearchEngine | Promise<SearchEngine>>
> = {
  clipql: createClipQl,
  postgres: createPostgres,
  usearch: createUSearch,
  'sqlite-vec': createSqliteVec,
  lancedb: createLanceDb,
};

/** Each query is asked so many times, unless that takes longer than this. */
const ROUNDS = 5;
const MOST_MS = 30_000;

async function measure({
  engine: name,
  settings,
  queries: received,
  k,
}: SearchRequest): Promise<SearchMeasurements> {
  // What comes from another process is views of one buffer, and usearch takes no notice of where they begin.
  const queries = received.map((query) => query.slice());
  const before = residentBytes();
  const engine = await CREATE[name](settings);
  const built = await build(engine, settings);
  const bytes = await engine.bytes?.();
  const memory = bytes?.all ?? residentBytes() - before;
  const found: (readonly number[])[] = [];
  // Also what is compiled or opened at first use.
  for (const query of queries) found.push(await engine.search(query, k));
  const probe =
    name === 'clipql'
      ? new ReadBandwidth(settings.rows * settings.dimensions, settings.threads)
      : undefined;
  const bandwidths: number[] = [];
  const times: number[] = [];
  const start = performance.now();
  for (let round = 0; round < ROUNDS && performance.now() - start < MOST_MS; round++) {
    for (const query of queries) {
      const before = performance.now();
      await engine.search(query, k);
      times.push(performance.now() - before);
    }
    for (let i = 0; i < queries.length && probe; i++) bandwidths.push(await probe.measure());
  }
  await probe?.close();
  await engine.close();
  return {
    ...built,
    ...{ memory, times, found },
    ...(bytes && { indexBytes: bytes.ofIndex }),
    ...(probe && { bandwidth: median(bandwidths) }),
  };
}

async function build(
  engine: SearchEngine,
  { rows, dimensions }: EngineSettings,
): Promise<Pick<SearchMeasurements, 'buildMs' | 'indexMs'>> {
  const vectors = new ClusteredVectors(rows, dimensions);
  let addMs = 0;
  for (let chunk = 0; chunk * CHUNK_ROWS < rows; chunk++) {
    const values = vectors.chunk(chunk);
    const start = performance.now();
    await engine.add(values, chunk * CHUNK_ROWS);
    addMs += performance.now() - start;
  }
  if (engine.finish === undefined) return { buildMs: addMs };
  const start = performance.now();
  await engine.finish();
  const indexMs = performance.now() - start;
  return { buildMs: addMs + indexMs, indexMs };
}

function residentBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().rss;
}

// A listener that stays keeps the process alive while a database makes an index, which nothing else does.
process.on('message', (request: SearchRequest) => {
  const send = (reply: SearchReply) => process.send!(reply, () => process.exit());
  measure(request).then(
    (measurements) => send({ measurements }),
    (error) => send({ failure: error instanceof Error ? error.message : String(error) }),
  );
});
