import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BenchError } from '../kit/errors.ts';
import { atLeast, atMost, type Claim, type ProbeResult } from '../kit/reports/claims.ts';
import { median, percentile, round } from '../kit/timing/statistics.ts';
import { nearestRows, recall } from './ground-truth.ts';
import { installPeer, type PeerName, peerVersion } from './peers.ts';
import type { EngineName, SearchMeasurements, SearchReply, SearchRequest } from './protocol.ts';
import { ClusteredVectors } from './vectors.ts';

export interface SearchOptions {
  readonly rows: readonly number[];
  readonly dimensions: number;
  readonly threads: number;
  readonly queries: number;
  readonly peers: readonly PeerName[];
  /** `postgres://…`, to search there too. */
  readonly store?: string | undefined;
}

const K = 10;
/** At up to so many rows a search is to take at most so many ms; from so many on it is held to the memory's speed. */
const FEW_ROWS = 50_000;
const FEW_MS = 5;
const MANY_ROWS = 1_000_000;
const SHARE_OF_BANDWIDTH = 0.6;
const RECALL = 0.999;
const RECALL_OF_HNSW = 0.98;

/**
 * Measures search, each engine in a process of its own, one after the other.
 *
 * @param progress - called with a line now and then.
 * @throws BenchError PACKAGE_MISSING where a peer cannot be installed, ENGINE_FAILED.
 */
export async function runSearch(
  { rows, dimensions, threads, queries, peers, store }: SearchOptions,
  progress: (line: string) => void,
): Promise<ProbeResult> {
  const folder = mkdtempSync(join(tmpdir(), 'clipql-bench-search-'));
  try {
    const packages = new Map<EngineName, string>();
    for (const peer of peers) {
      progress(`installing ${peer} ${peerVersion(peer)}`);
      packages.set(peer, await installPeer(peer, folder));
    }
    const results: Row[] = [];
    for (const count of rows) {
      const vectors = new ClusteredVectors(count, dimensions);
      const texts = vectors.texts(queries);
      progress(`brute force over ${count} rows`);
      const nearest = nearestRows(vectors, texts, K);
      const inDatabase = store === undefined ? [] : (['postgres'] as const);
      for (const engine of ['clipql', ...inDatabase, ...peers] as const) {
        progress(`${engine}, ${count} rows`);
        const scratch = join(folder, `scratch-${engine}-${count}`);
        mkdirSync(scratch);
        const settings = {
          ...{ rows: count, dimensions, threads, scratch },
          packages: packages.get(engine) ?? folder,
          ...(store !== undefined && { store }),
        };
        const measured = await inProcess({ engine, settings, queries: texts, k: K });
        rmSync(scratch, { recursive: true });
        results.push(rowOf(engine, count, dimensions, measured, nearest));
      }
    }
    return { rows: results, claims: claimsOf(results) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const isPeer = (engine: EngineName): engine is PeerName =>
  engine !== 'clipql' && engine !== 'postgres';

type Row = ReturnType<typeof rowOf>;

function rowOf(
  engine: EngineName,
  rows: number,
  dimensions: number,
  { buildMs, indexMs, memory, indexBytes, times, found, bandwidth }: SearchMeasurements,
  nearest: readonly (readonly number[])[],
) {
  // Each row's codes are read once.
  const read = (1_000 * rows * dimensions) / median(times);
  return {
    engine: isPeer(engine) ? `${engine} ${peerVersion(engine)}` : engine,
    rows,
    'p50 ms': round(median(times)),
    'p95 ms': round(percentile(times, 0.95)),
    'build s': round(buildMs / 1_000),
    'of index s': indexMs === undefined ? null : round(indexMs / 1_000),
    'bytes/row': Math.round(memory / rows),
    'of index': indexBytes === undefined ? null : Math.round(indexBytes / rows),
    'recall@10': round(recall(found, nearest)),
    'GB/s': bandwidth === undefined ? null : round(read / 1e9),
    'probe GB/s': bandwidth === undefined ? null : round(bandwidth / 1e9),
    'of probe': bandwidth === undefined ? null : round(read / bandwidth),
  };
}

function claimsOf(results: readonly Row[]): readonly Claim[] {
  return results.flatMap((own) => {
    if (own.engine === 'postgres') {
      return [
        atLeast(`recall@10 of ${own.rows} rows in PostgreSQL`, own['recall@10'], RECALL_OF_HNSW),
      ];
    }
    if (own.engine !== 'clipql') return [];
    const { rows } = own;
    const peers = results.filter(
      (row) => row.rows === rows && row !== own && row.engine !== 'postgres',
    );
    const claims = [atLeast(`recall@10 of ${rows} rows`, own['recall@10'], RECALL)];
    if (rows <= FEW_ROWS) claims.push(atMost(`p50 of ${rows} rows, ms`, own['p50 ms'], FEW_MS));
    if (rows >= MANY_ROWS) {
      const claim = `share of the memory’s bandwidth at ${rows} rows`;
      claims.push(atLeast(claim, own['of probe']!, SHARE_OF_BANDWIDTH));
    }
    if (peers.length > 0) {
      const fastest = Math.min(...peers.map((row) => row['p50 ms']));
      claims.push(
        atMost(`p50 of ${rows} rows against the fastest peer, ms`, own['p50 ms'], fastest),
      );
    }
    return claims;
  });
}

const EXTENSION = extname(fileURLToPath(import.meta.url));
const SCRIPT = fileURLToPath(new URL(`./search-process${EXTENSION}`, import.meta.url));
/** Run from its sources, as tests do, core is taken from its sources too. */
const SOURCE_ARGUMENTS = EXTENSION === '.ts' ? ['--conditions=clipql-source'] : [];

function inProcess(request: SearchRequest): Promise<SearchMeasurements> {
  const failed = (reason: string) =>
    new BenchError('ENGINE_FAILED', `${request.engine}: ${reason}`);
  const threads = String(request.settings.threads);
  return new Promise((resolve, reject) => {
    const child = fork(SCRIPT, [], {
      execArgv: ['--expose-gc', ...SOURCE_ARGUMENTS],
      env: { ...process.env, LANCE_CPU_THREADS: threads, TOKIO_WORKER_THREADS: threads },
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.once('exit', (code, signal) =>
      reject(failed(`its process ended with ${signal ?? code}`)),
    );
    child.once('message', (reply: SearchReply) => {
      if ('measurements' in reply) resolve(reply.measurements);
      else reject(failed(reply.failure));
    });
    child.send(request);
  });
}
