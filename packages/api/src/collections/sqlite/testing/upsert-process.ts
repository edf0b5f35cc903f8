/** Upserts batches into the collection `photos` of a data folder, and prints the number of each when it is done. */
import { SHARED } from '../../../access/owner.ts';
import { openDatabase } from '../../../sqlite/database.ts';
import { sample } from '../../testing/samples.ts';
import { openSqliteCollections } from '../sqlite-collections.ts';

const [folder, from] = process.argv.slice(2);
const store = openSqliteCollections(await openDatabase(folder!));
const photos = await store.find(SHARED, 'photos');
for (let batch = Number(from); ; batch++) {
  await store.upsert(
    photos,
    Array.from({ length: 20 }, (_, i) => {
      // Of each batch, one replaces an item of the batch before.
      const key = i === 0 && batch > 0 ? `${batch - 1}.19` : `${batch}.${i}`;
      return sample(key, batch + i, { batch, tags: ['a', `${i}`] });
    }),
  );
  process.stdout.write(`${batch}\n`);
}
