import type { DatabaseSync } from 'node:sqlite';
import type { Owner } from '../../access/owner.ts';
import { checkKeptBytes, checkPictures } from '../../limits/classifiers.ts';
import { blobOf, floatsIn } from '../../sqlite/blobs.ts';
import { all, first, run } from '../../sqlite/statements.ts';
import { admitExamples, type KeptRow } from '../admit-examples.ts';
import type {
  ChangedClass,
  Classifier,
  Example,
  NewClassifier,
  NewExample,
} from '../classifier.ts';
import type { ClassifierReference } from '../classifier-row.ts';
import { type ExampleRow, exampleOf } from '../example-row.ts';
import { checkUsable } from '../refusals.ts';
import type { Added } from '../store.ts';
import { insertClassifier, readClassifier, replaceClasses } from './catalogue.ts';

/** A training set in one piece, which changes threads without a copy. */
export interface PackedTrainingSet {
  readonly version: number;
  /** [classes], 1 for a class with texts. */
  readonly hasText: Uint8Array;
  /** [classes, E], zeros for a class without texts. */
  readonly texts: Float32Array;
  /** [examples, E] */
  readonly embeddings: Float32Array;
  /** [examples] */
  readonly classes: Uint32Array;
  readonly contentHashes: readonly string[];
}

/** @throws as `ClassifierStore.create` does. */
export function createClassifier(
  db: DatabaseSync,
  {
    owner,
    classifier,
    examples,
    replace,
  }: {
    owner: Owner;
    classifier: NewClassifier;
    examples: readonly NewExample[];
    replace: boolean;
  },
): Added {
  const id = insertClassifier(db, owner, classifier, replace);
  const added = insert(db, { id, name: classifier.name }, examples);
  checkClassesUsable(db, added.classifier);
  return added;
}

/** @throws as `ClassifierStore.addExamples` does. */
export function addExamples(
  db: DatabaseSync,
  { classifier, examples }: { classifier: ClassifierReference; examples: readonly NewExample[] },
): Added {
  const added = insert(db, classifier, examples);
  if (!added.outcomes.some(({ kind }) => kind === 'KEPT')) return added;
  return { ...added, classifier: changed(db, classifier) };
}

/** @throws as `ClassifierStore.removeExamples` does. */
export function removeExamples(
  db: DatabaseSync,
  {
    classifier,
    contentHashes,
  }: { classifier: ClassifierReference; contentHashes: readonly string[] },
): { classifier: Classifier; removed: number } {
  const found = readClassifier(db, classifier);
  let removed = 0;
  for (const hash of contentHashes) {
    const example = exampleId(db, found.id, hash);
    if (example === undefined) continue;
    run(db, 'DELETE FROM example_images WHERE example = ?', example);
    removed += run(db, 'DELETE FROM examples WHERE id = ?', example);
  }
  if (removed === 0) return { classifier: found, removed };
  const now = changed(db, classifier);
  checkClassesUsable(db, now);
  return { classifier: now, removed };
}

/** @throws as `ClassifierStore.moveExamples` does. */
export function moveExamples(
  db: DatabaseSync,
  {
    classifier,
    contentHashes,
    place,
  }: {
    classifier: ClassifierReference;
    contentHashes: readonly string[];
    place: number;
  },
): { classifier: Classifier; moved: number } {
  const found = readClassifier(db, classifier);
  let moved = 0;
  for (const hash of contentHashes) {
    const sql =
      'UPDATE examples SET place = ? WHERE classifier = ? AND content_hash = ? AND place <> ?';
    moved += run(db, sql, place, found.id, hash, place);
  }
  if (moved === 0) return { classifier: found, moved };
  return { classifier: checked(db, changed(db, classifier)), moved };
}

/** @throws as `ClassifierStore.setClasses` does. */
export function setClasses(
  db: DatabaseSync,
  { classifier, classes }: { classifier: ClassifierReference; classes: readonly ChangedClass[] },
): Classifier {
  const { id, name } = readClassifier(db, classifier);
  const next = replaceClasses(db, { id, name }, classes);
  return checked(db, readClassifier(db, { id: next, name }));
}

export function readExamples(
  db: DatabaseSync,
  classifier: ClassifierReference,
): readonly Example[] {
  const { id } = readClassifier(db, classifier);
  return all<ExampleRow>(
    db,
    `SELECT place, content_hash, source, format, added_at, i.example IS NOT NULL AS has_image
     FROM examples AS e LEFT JOIN example_images AS i ON i.example = e.id
     WHERE classifier = ? ORDER BY e.id`,
    id,
  ).map(exampleOf);
}

export function readImage(
  db: DatabaseSync,
  { classifier, contentHash }: { classifier: ClassifierReference; contentHash: string },
): Uint8Array | undefined {
  const { id } = readClassifier(db, classifier);
  const example = exampleId(db, id, contentHash) ?? -1;
  const sql = 'SELECT image FROM example_images WHERE example = ?';
  return first<{ readonly image: Uint8Array }>(db, sql, example)?.image;
}

export function readTrainingSet(
  db: DatabaseSync,
  classifier: ClassifierReference,
): PackedTrainingSet {
  const { id, version, space } = readClassifier(db, classifier);
  const directions = all<{ readonly direction: Uint8Array | null }>(
    db,
    'SELECT direction FROM classes WHERE classifier = ? ORDER BY place',
    id,
  );
  const examples = all<{
    readonly place: number;
    readonly content_hash: string;
    readonly embedding: Uint8Array;
  }>(
    db,
    'SELECT place, content_hash, embedding FROM examples WHERE classifier = ? ORDER BY id',
    id,
  );
  const texts = new Float32Array(directions.length * space.dimensions);
  for (const [i, { direction }] of directions.entries()) {
    if (direction !== null) texts.set(floatsIn(direction), i * space.dimensions);
  }
  const embeddings = new Float32Array(examples.length * space.dimensions);
  for (const [i, { embedding }] of examples.entries()) {
    embeddings.set(floatsIn(embedding), i * space.dimensions);
  }
  return {
    version,
    hasText: Uint8Array.from(directions, ({ direction }) => Number(direction !== null)),
    texts,
    embeddings,
    classes: Uint32Array.from(examples, ({ place }) => place),
    contentHashes: examples.map(({ content_hash }) => content_hash),
  };
}

export function setTemperature(
  db: DatabaseSync,
  { id, version, temperature }: { id: number; version: number; temperature: number },
): void {
  const sql = 'UPDATE classifiers SET temperature = ? WHERE id = ? AND version = ?';
  run(db, sql, temperature, id, version);
}

function insert(
  db: DatabaseSync,
  reference: ClassifierReference,
  examples: readonly NewExample[],
): Added {
  const classifier = readClassifier(db, reference);
  const { id, keepsImages } = classifier;
  const kept = all<KeptRow>(
    db,
    'SELECT place, content_hash FROM examples WHERE classifier = ?',
    id,
  );
  const { outcomes, added, imageBytes } = admitExamples(classifier, kept, examples);
  if (keepsImages) checkKeptBytes(keptBytes(db, id) + imageBytes);
  for (const example of added) insertExample(db, id, example, keepsImages);
  return { classifier: readClassifier(db, reference), outcomes };
}

function insertExample(
  db: DatabaseSync,
  classifier: number,
  { class: place, contentHash, source, format, embedding, image }: NewExample,
  keepsImages: boolean,
): void {
  const { id } = first<{ readonly id: number }>(
    db,
    `INSERT INTO examples (classifier, place, content_hash, source, format, embedding, added_at)
     VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id`,
    ...[classifier, place, contentHash, source, format, blobOf(embedding), Date.now()],
  )!;
  if (!keepsImages || image === undefined) return;
  run(db, 'INSERT INTO example_images (example, image) VALUES (?, ?)', id, image);
}

/** Its examples are others now, and what was learned from the former ones holds no more. */
function changed(db: DatabaseSync, reference: ClassifierReference): Classifier {
  const sql =
    'UPDATE classifiers SET version = version + 1, temperature = NULL, changed_at = ? WHERE id = ?';
  run(db, sql, Date.now(), reference.id);
  return readClassifier(db, reference);
}

/** @returns it. @throws ApiError TOO_MANY_EXAMPLES, BAD_INPUT for a class that nothing is known of. */
function checked(db: DatabaseSync, classifier: Classifier): Classifier {
  const { classes } = classifier;
  checkPictures(
    classes,
    classes.map(({ examples }) => examples),
  );
  checkClassesUsable(db, classifier);
  return classifier;
}

function checkClassesUsable(db: DatabaseSync, { id, classes }: Classifier): void {
  const rows = all<{ readonly known: number }>(
    db,
    'SELECT direction IS NOT NULL AS known FROM classes WHERE classifier = ? ORDER BY place',
    id,
  );
  checkUsable(
    classes,
    rows.map(({ known }) => known === 1),
  );
}

const exampleId = (db: DatabaseSync, classifier: number, hash: string): number | undefined =>
  first<{ readonly id: number }>(
    db,
    'SELECT id FROM examples WHERE classifier = ? AND content_hash = ?',
    classifier,
    hash,
  )?.id;

const keptBytes = (db: DatabaseSync, classifier: number): number =>
  first<{ readonly bytes: number }>(
    db,
    `SELECT coalesce(sum(length(image)), 0) AS bytes FROM example_images
     WHERE example IN (SELECT id FROM examples WHERE classifier = ?)`,
    classifier,
  )!.bytes;
