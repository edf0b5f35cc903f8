import { grouped } from '../errors.ts';
import type { RunQueue } from '../threads/run-queue.ts';
import { lengthError } from './check-input.ts';
import type { FlatHits, FlatIndexOptions, FlatSearchOptions } from './flat-options.ts';
import type { IndexParts } from './index-parts.ts';
import { Nearest } from './nearest.ts';
import { type QuantizedQuery, quantizeQuery } from './quantized-query.ts';
import type { RowValues } from './row-values.ts';
import type { ScanEnd, ScanRequest } from './scan.ts';

/** Queries that share a scan. */
const QUERIES_A_SCAN = 16;
/** Rows that are scored in float after the first scan: this many times k, and at least so many. */
const RESCORED_TIMES = 4;
const MIN_RESCORED = 256;
/** Where those are not enough, this many times more after each scan, up to what memory should hold at a time. */
const RESCORED_GROWTH = 4;
const MAX_RESCORED = 16_384;

interface SearcherOptions {
  readonly dimensions: number;
  readonly readRows: FlatIndexOptions['readRows'];
  readonly queue: RunQueue;
  /** Throws DISPOSED when there are none any more. */
  readonly parts: () => IndexParts;
}

/**
 * Finds the nearest rows of an index by multi-step search (Seidl and Kriegel, "Optimal multi-step k-nearest neighbor
 * search", 1998). A scan ranks the rows by the most that their true scores can be. They are scored in float from the
 * first on, until that most is below the k-th best score.
 */
export class Searcher {
  readonly #options: SearcherOptions;

  constructor(options: SearcherOptions) {
    this.#options = options;
  }

  /** @param queries [Q], each [E]. */
  async search(
    queries: readonly Float32Array[],
    options: FlatSearchOptions,
  ): Promise<readonly FlatHits[]> {
    const hits: FlatHits[] = [];
    for (let at = 0; at < queries.length; at += QUERIES_A_SCAN) {
      hits.push(...(await this.#searchTogether(queries.slice(at, at + QUERIES_A_SCAN), options)));
    }
    return hits;
  }

  /** The scan's scores. */
  async scores(query: Float32Array, signal?: AbortSignal): Promise<RowValues> {
    const request = { best: 0, filter: undefined, scores: true, signal };
    const [only] = await this.#candidates([this.#newSearch(query, 1)], request);
    return only!.allScores;
  }

  async #searchTogether(
    queries: readonly Float32Array[],
    { k, filter, allScores: scores = false, signal }: FlatSearchOptions,
  ): Promise<readonly FlatHits[]> {
    const searches = queries.map((query) => this.#newSearch(query, k));
    let best = Math.max(RESCORED_TIMES * k, MIN_RESCORED);
    const found = await this.#candidates(searches, { best, filter, scores, signal });
    for (const [i, search] of searches.entries()) await this.#add(search, found[i]!);

    for (let open = searches.filter(isOpen); open.length > 0; open = open.filter(isOpen)) {
      best = Math.max(best, Math.min(RESCORED_GROWTH * best, MAX_RESCORED));
      const more = await this.#candidates(open, { best, filter, scores: false, signal });
      for (const [i, search] of open.entries()) await this.#add(search, more[i]!);
    }
    return searches.map(({ nearest }, i) => {
      return { rows: nearest.rows, scores: nearest.scores, allScores: found[i]!.allScores };
    });
  }

  #newSearch(query: Float32Array, k: number): Search {
    const quantized = quantizeQuery(query, this.#options.parts().staging.dither);
    return { query, quantized, nearest: new Nearest(k), until: undefined, after: undefined };
  }

  #candidates(
    searches: readonly Search[],
    { signal, ...request }: Omit<ScanRequest, 'queries'> & Pick<FlatSearchOptions, 'signal'>,
  ): Promise<readonly Candidates[]> {
    return this.#options.queue.add(async () => {
      signal?.throwIfAborted();
      const { segments, scanner, staging } = this.#options.parts();
      for (const search of searches) search.until ??= segments.nextRow;
      const scanned = await scanner.scan(segments, { ...request, queries: searches });
      this.#options.parts();
      return scanned.map(({ rows: best, end, scores: allScores }, i) => {
        const { query, until } = searches[i]!;
        const rows = best.filter((row) => row < until!);
        const candidates = { rows, end, allScores, products: undefined };
        if (this.#options.readRows !== undefined) return candidates;
        // Now: a removal or a compaction may come next.
        const halves = Array.from(rows, (row) => segments.halvesOf(row));
        return { ...candidates, products: staging.products(query, halves) };
      });
    });
  }

  async #add(search: Search, { rows, products, end }: Candidates): Promise<void> {
    search.nearest.add(rows, products ?? (await this.#readProducts(search.query, rows)));
    search.after = end;
  }

  async #readProducts(query: Float32Array, rows: Uint32Array): Promise<Float64Array> {
    const { dimensions, readRows, parts } = this.#options;
    const vectors = rows.length === 0 ? new Float32Array(0) : await readRows!(rows);
    const { staging } = parts();
    const expected = rows.length * dimensions;
    if (vectors.length !== expected) {
      throw lengthError(
        'readRows',
        `${grouped(expected)} for ${grouped(rows.length)} rows`,
        vectors,
      );
    }
    const list = Array.from(rows, (_, i) => vectors.subarray(i * dimensions, (i + 1) * dimensions));
    return staging.products(query, list);
  }
}

/** A query on its way to its nearest rows. */
interface Search {
  readonly query: Float32Array;
  readonly quantized: QuantizedQuery;
  readonly nearest: Nearest;
  /** The number of the first row that came after the first scan, and is not looked for. */
  until: number | undefined;
  /** Where the last scan ended, unless it found all rows. */
  after: ScanEnd | undefined;
}

/** The rows of one query that are to be scored in float. */
interface Candidates {
  readonly rows: Uint32Array;
  readonly end: ScanEnd | undefined;
  readonly allScores: RowValues;
  /** With the query, unless the rows must be read first. */
  readonly products: Float64Array | undefined;
}

/**
 * Whether rows behind the last scan could be among the nearest. To a query of zeros all rows are equal, and the lowest
 * came first.
 */
const isOpen = ({ quantized, nearest, after }: Search): boolean =>
  after !== undefined && quantized.margin > 0 && nearest.mayChange(after.score);
