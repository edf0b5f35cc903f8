import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { EngineSettings, SearchEngine } from './engine.ts';

interface LanceQuery {
  distanceType(type: 'dot'): LanceQuery;
  bypassVectorIndex(): LanceQuery;
  limit(count: number): LanceQuery;
  select(columns: readonly string[]): LanceQuery;
  toArray(): Promise<readonly { readonly id: number }[]>;
}

interface LanceTable {
  add(data: unknown): Promise<unknown>;
  vectorSearch(query: Float32Array): LanceQuery;
  optimize(): Promise<unknown>;
}

interface LanceDb {
  connect(folder: string): Promise<{
    createTable(name: string, data: unknown): Promise<LanceTable>;
    close(): void;
  }>;
}

/** Rows that are written together: each time makes a file of its own. */
const BATCH_ROWS = 50_000;

/** A table without an index, in files, https://github.com/lancedb/lancedb. */
export async function createLanceDb(settings: EngineSettings): Promise<SearchEngine> {
  const { dimensions, packages, scratch } = settings;
  const require = createRequire(join(packages, 'package.json'));
  const database = await (require('@lancedb/lancedb') as LanceDb).connect(scratch);
  let table: LanceTable | undefined;
  let waiting: Float32Array[] = [];
  let firstWaiting = 0;
  let count = 0;
  const write = async () => {
    const data = arrowTable(require, waiting, firstWaiting, dimensions);
    if (table === undefined) table = await database.createTable('items', data);
    else await table.add(data);
    waiting = [];
    firstWaiting = count;
  };
  return {
    add: async (vectors) => {
      waiting.push(vectors);
      count += vectors.length / dimensions;
      if (count - firstWaiting >= BATCH_ROWS) await write();
    },
    finish: async () => {
      if (waiting.length > 0) await write();
      await table!.optimize();
    },
    search: async (query, k) => {
      const found = table!.vectorSearch(query).distanceType('dot').bypassVectorIndex();
      return (await found.select(['id', '_distance']).limit(k).toArray()).map(({ id }) => id);
    },
    close: () => database.close(),
  };
}

/** Columns `id` and `vector`, made without an object for each row. */
function arrowTable(
  require: NodeJS.Require,
  chunks: readonly Float32Array[],
  first: number,
  dimensions: number,
): unknown {
  const arrow = require('apache-arrow');
  const values = new Float32Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    values.set(chunk, at);
    at += chunk.length;
  }
  const length = values.length / dimensions;
  const type = new arrow.FixedSizeList(
    dimensions,
    new arrow.Field('item', new arrow.Float32(), true),
  );
  const child = arrow.makeData({ type: new arrow.Float32(), data: values });
  const ids = Int32Array.from({ length }, (_, i) => first + i);
  return new arrow.Table({
    id: new arrow.Vector([arrow.makeData({ type: new arrow.Int32(), data: ids })]),
    vector: new arrow.Vector([arrow.makeData({ type, length, nullCount: 0, child })]),
  });
}
