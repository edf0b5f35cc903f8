/** Adds batches of examples to the classifier `animals` of a data folder, and prints the number of each when it is done. */
import { SHARED } from '../../../access/owner.ts';
import { openDatabase } from '../../../sqlite/database.ts';
import { sampleExample } from '../../testing/samples.ts';
import { openSqliteClassifiers } from '../sqlite-classifiers.ts';

const [folder, from] = process.argv.slice(2);
const store = openSqliteClassifiers(await openDatabase(folder!));
for (let batch = Number(from); ; batch++) {
  const animals = await store.find(SHARED, 'animals');
  // One of each class, so that half a batch would show.
  await store.addExamples(
    animals,
    [0, 1, 2].map((place) => sampleExample(place, 3 * batch + place)),
  );
  process.stdout.write(`${batch}\n`);
}
