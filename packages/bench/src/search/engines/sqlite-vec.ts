import { createRequire } from 'node:module';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { EngineSettings, SearchEngine } from './engine.ts';

/** A `vec0` table of float32 in memory, which is always searched whole, https://github.com/asg017/sqlite-vec. */
export function createSqliteVec({ dimensions, packages }: EngineSettings): SearchEngine {
  const extension = createRequire(join(packages, 'package.json'))('sqlite-vec');
  const database = new DatabaseSync(':memory:', { allowExtension: true });
  extension.load(database);
  database.exec(
    `create virtual table items using vec0(embedding float[${dimensions}] distance_metric=cosine)`,
  );
  const insert = database.prepare('insert into items(rowid, embedding) values (?, ?)');
  const select = database.prepare(
    'select rowid from items where embedding match ? and k = ? order by distance',
  );
  const bytes = ({ buffer, byteOffset, byteLength }: Float32Array) =>
    new Uint8Array(buffer, byteOffset, byteLength);
  return {
    add: (vectors, first) => {
      database.exec('begin');
      for (let i = 0; i < vectors.length / dimensions; i++) {
        const vector = vectors.subarray(i * dimensions, (i + 1) * dimensions);
        insert.run(BigInt(first + i), bytes(vector));
      }
      database.exec('commit');
    },
    search: async (query, k) =>
      select.all(bytes(query), BigInt(k)).map(({ rowid }) => Number(rowid)),
    close: () => database.close(),
  };
}
