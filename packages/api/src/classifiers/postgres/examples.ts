import { checkKeptBytes, checkPictures } from '../../limits/classifiers.ts';
import type { Connection } from '../../postgres/connection.ts';
import { bytesAsFloats, numbersAsBytes } from '../../postgres/number-bytes.ts';
import { admitExamples, type KeptRow } from '../admit-examples.ts';
import type { ChangedClass, Classifier, Example, NewExample, TrainingSet } from '../classifier.ts';
import type { ClassifierReference } from '../classifier-row.ts';
import { type ExampleRow, exampleOf } from '../example-row.ts';
import { checkUsable } from '../refusals.ts';
import type { Added } from '../store.ts';
import { lockClassifier, lockNames, readClassifier, replaceClasses } from './catalogue.ts';

/** @throws as `ClassifierStore.create` does. */
export async function addFirstExamples(
  connection: Connection,
  reference: ClassifierReference,
  examples: readonly NewExample[],
): Promise<Added> {
  const added = await insert(connection, reference, examples);
  await checkClassesUsable(connection, added.classifier);
  return added;
}

/** @throws as `ClassifierStore.addExamples` does. */
export async function addExamples(
  connection: Connection,
  reference: ClassifierReference,
  examples: readonly NewExample[],
): Promise<Added> {
  const added = await insert(connection, reference, examples);
  if (!added.outcomes.some(({ kind }) => kind === 'KEPT')) return added;
  return { ...added, classifier: await changed(connection, reference) };
}

/** @throws as `ClassifierStore.removeExamples` does. */
export async function removeExamples(
  connection: Connection,
  reference: ClassifierReference,
  contentHashes: readonly string[],
): Promise<{ readonly classifier: Classifier; readonly removed: number }> {
  const classifier = await lockClassifier(connection, reference);
  const removed = await connection.run(
    'DELETE FROM examples WHERE classifier = $1 AND content_hash = ANY ($2::text[])',
    ...[classifier.id, contentHashes],
  );
  if (removed === 0) return { classifier, removed };
  const now = await changed(connection, reference);
  await checkClassesUsable(connection, now);
  return { classifier: now, removed };
}

/** @throws as `ClassifierStore.moveExamples` does. */
export async function moveExamples(
  connection: Connection,
  reference: ClassifierReference,
  contentHashes: readonly string[],
  place: number,
): Promise<{ readonly classifier: Classifier; readonly moved: number }> {
  const classifier = await lockClassifier(connection, reference);
  const moved = await connection.run(
    'UPDATE examples SET place = $1 WHERE classifier = $2 AND content_hash = ANY ($3::text[]) AND place <> $1',
    ...[place, classifier.id, contentHashes],
  );
  if (moved === 0) return { classifier, moved };
  return { classifier: await checked(connection, await changed(connection, reference)), moved };
}

/** @throws as `ClassifierStore.setClasses` does. */
export async function setClasses(
  connection: Connection,
  reference: ClassifierReference & Pick<Classifier, 'owner'>,
  classes: readonly ChangedClass[],
): Promise<Classifier> {
  await lockNames(connection, reference.owner);
  const { id, name } = await lockClassifier(connection, reference);
  const next = await replaceClasses(connection, { id, name }, classes);
  return checked(connection, await readClassifier(connection, { id: next, name }));
}

export async function readExamples(
  connection: Connection,
  reference: ClassifierReference,
): Promise<readonly Example[]> {
  const { id } = await readClassifier(connection, reference);
  const rows = await connection.rows<ExampleRow>(
    `SELECT place, content_hash, source, format, added_at, image IS NOT NULL AS has_image
     FROM examples WHERE classifier = $1 ORDER BY id`,
    id,
  );
  return rows.map(exampleOf);
}

export async function readImage(
  connection: Connection,
  reference: ClassifierReference,
  contentHash: string,
): Promise<Uint8Array | undefined> {
  const { id } = await readClassifier(connection, reference);
  const sql = 'SELECT image FROM examples WHERE classifier = $1 AND content_hash = $2';
  const row = await connection.first<{ readonly image: Buffer | null }>(sql, id, contentHash);
  return row?.image ? new Uint8Array(row.image) : undefined;
}

export async function readTrainingSet(
  connection: Connection,
  reference: ClassifierReference,
): Promise<TrainingSet> {
  const { id, version } = await readClassifier(connection, reference);
  const directions = await connection.rows<{ readonly direction: Buffer | null }>(
    'SELECT direction FROM classes WHERE classifier = $1 ORDER BY place',
    id,
  );
  const examples = await connection.rows<{
    readonly place: number;
    readonly content_hash: string;
    readonly embedding: Buffer;
  }>('SELECT place, content_hash, embedding FROM examples WHERE classifier = $1 ORDER BY id', id);
  return {
    version,
    texts: directions.map(({ direction }) =>
      direction?.length ? bytesAsFloats(direction) : undefined,
    ),
    examples: {
      embeddings: examples.map(({ embedding }) => bytesAsFloats(embedding)),
      classes: examples.map(({ place }) => place),
      contentHashes: examples.map(({ content_hash }) => content_hash),
    },
  };
}

async function insert(
  connection: Connection,
  reference: ClassifierReference,
  examples: readonly NewExample[],
): Promise<Added> {
  const classifier = await lockClassifier(connection, reference);
  const { id, keepsImages } = classifier;
  const kept = await connection.rows<KeptRow>(
    'SELECT place, content_hash FROM examples WHERE classifier = $1',
    id,
  );
  const { outcomes, added, imageBytes } = admitExamples(classifier, kept, examples);
  if (keepsImages) checkKeptBytes((await keptBytes(connection, id)) + imageBytes);
  for (const { class: place, contentHash, source, format, embedding, image } of added) {
    await connection.run(
      `INSERT INTO examples (classifier, place, content_hash, source, format, embedding, image, added_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      ...[id, place, contentHash, source, format, numbersAsBytes(embedding)],
      ...[keepsImages && image !== undefined ? image : null, Date.now()],
    );
  }
  return { classifier: await readClassifier(connection, reference), outcomes };
}

/** Its examples are others now, and what was learned from the former ones holds no more. */
async function changed(
  connection: Connection,
  reference: ClassifierReference,
): Promise<Classifier> {
  const sql =
    'UPDATE classifiers SET version = version + 1, temperature = NULL, changed_at = $1 WHERE id = $2';
  await connection.run(sql, Date.now(), reference.id);
  return readClassifier(connection, reference);
}

/** @returns it. @throws ApiError TOO_MANY_EXAMPLES, BAD_INPUT for a class that nothing is known of. */
async function checked(connection: Connection, classifier: Classifier): Promise<Classifier> {
  const { classes } = classifier;
  checkPictures(
    classes,
    classes.map(({ examples }) => examples),
  );
  await checkClassesUsable(connection, classifier);
  return classifier;
}

async function checkClassesUsable(
  connection: Connection,
  { id, classes }: Classifier,
): Promise<void> {
  const rows = await connection.rows<{ readonly known: boolean }>(
    'SELECT direction IS NOT NULL AS known FROM classes WHERE classifier = $1 ORDER BY place',
    id,
  );
  checkUsable(
    classes,
    rows.map(({ known }) => known),
  );
}

async function keptBytes(connection: Connection, classifier: number): Promise<number> {
  const sql =
    'SELECT coalesce(sum(length(image)), 0)::bigint AS bytes FROM examples WHERE classifier = $1';
  return (await connection.first<{ readonly bytes: number }>(sql, classifier))!.bytes;
}
