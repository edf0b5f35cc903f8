/** Removals that are forgotten, on both engines, with the number of changes set forward as if there had been many. */
import { expect, test } from 'vitest';
import { SHARED } from '../access/owner.ts';
import { LiveIndexes } from './live-indexes.ts';
import { REMEMBERED_CHANGES } from './removed-rows.ts';
import { onPostgres, onSqlite, setChanges } from './testing/open-engines.ts';
import { SPACE, sample } from './testing/samples.ts';

test.each([
  ['SQLite', onSqlite],
  ['PostgreSQL', onPostgres],
])(
  '%s forgets old removals, and an index that knows of none as late asks for those of its own rows',
  async (_, open) => {
    const engine = await open();
    const { store, run, close } = engine;
    const photos = await store.create(SHARED, 'photos', SPACE);
    const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
    await store.upsert(
      photos,
      keys.map((key, i) => sample(key, i)),
    );
    const indexes = new LiveIndexes(store, { maxBytes: 2 ** 20 });
    const indexed = () => indexes.use(photos, async (index) => [...(await index.rows())]);
    expect(await indexed()).toEqual([1, 2, 3, 4, 5, 6]);
    const heard = async (since: number) => {
      const rows = new Set<number>();
      let removed: readonly number[] | undefined = [];
      for await (const batch of store.changes(photos, since)) {
        for (const row of batch.rows) rows.add(row);
        removed = batch.removed && removed && [...removed, ...batch.removed];
      }
      return { rows: [...rows], removed };
    };
    await store.remove(photos, ['b', 'c']);
    expect(await heard(6)).toEqual({ rows: [], removed: [2, 3] });
    // The last change from which on removals are remembered.
    await setChanges(engine, 6 + REMEMBERED_CHANGES);
    expect(await heard(6)).toEqual({ rows: [], removed: [2, 3] });
    const later = 100 + REMEMBERED_CHANGES;
    await setChanges(engine, later);
    expect(await heard(6)).toEqual({ rows: [], removed: undefined });
    // Rows 2 and 3 went long ago, and row 6 now.
    await store.remove(photos, ['f']);
    await store.upsert(photos, [sample('g', 7)]);
    expect(await run('SELECT row FROM removed_rows')).toEqual([{ row: 6 }]);
    expect(await heard(6)).toEqual({ rows: [later + 2], removed: undefined });
    expect(await heard(later)).toEqual({ rows: [later + 2], removed: [6] });
    expect(await heard(0)).toEqual({ rows: [1, 4, 5, later + 2], removed: [] });
    expect([...(await store.missing(photos, Uint32Array.of(1, 2, 5, 6, 9)))]).toEqual([2, 6, 9]);
    expect(await indexed()).toEqual([1, 4, 5, later + 2]);
    await indexes.dispose();
    await close();
  },
);
