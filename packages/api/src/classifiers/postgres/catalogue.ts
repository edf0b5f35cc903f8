import type { Owner } from '../../access/owner.ts';
import { MAX_CLASSIFIERS } from '../../limits/classifiers.ts';
import { isName } from '../../limits/names.ts';
import type { Connection } from '../../postgres/connection.ts';
import { numbersAsBytes } from '../../postgres/number-bytes.ts';
import type { ChangedClass, Classifier, NewClass, NewClassifier } from '../classifier.ts';
import {
  type ClassifierReference,
  type ClassifierRow,
  type ClassRow,
  classifierOfRows,
} from '../classifier-row.ts';
import { nameTaken, tooManyClassifiers, unknownClassifier } from '../refusals.ts';

/** @throws ApiError UNKNOWN_CLASSIFIER. */
export async function findClassifier(
  connection: Connection,
  owner: Owner,
  name: string,
): Promise<Classifier> {
  const row = await rowOfName(connection, owner, name);
  if (row === undefined) throw unknownClassifier(name, await namesOf(connection, owner));
  return classifierOf(connection, row);
}

/** @param owner all owners unless given, the oldest classifier first. */
export async function listClassifiers(
  connection: Connection,
  owner?: Owner,
): Promise<readonly Classifier[]> {
  const sql = 'SELECT * FROM classifiers';
  const rows = await (owner === undefined
    ? connection.rows<ClassifierRow>(`${sql} ORDER BY id`)
    : connection.rows<ClassifierRow>(`${sql} WHERE owner = $1 ORDER BY name`, owner));
  const classifiers: Classifier[] = [];
  for (const row of rows) classifiers.push(await classifierOf(connection, row));
  return classifiers;
}

/** @throws ApiError UNKNOWN_CLASSIFIER for one that was deleted or replaced. */
export async function readClassifier(
  connection: Connection,
  { id, name }: ClassifierReference,
): Promise<Classifier> {
  const row = await connection.first<ClassifierRow>('SELECT * FROM classifiers WHERE id = $1', id);
  if (row === undefined) throw unknownClassifier(name, []);
  return classifierOf(connection, row);
}

/** Keeps others from changing it until the transaction ends. @throws as `readClassifier`. */
export async function lockClassifier(
  connection: Connection,
  reference: ClassifierReference,
): Promise<Classifier> {
  await connection.run('SELECT 1 FROM classifiers WHERE id = $1 FOR UPDATE', reference.id);
  return readClassifier(connection, reference);
}

/**
 * Keeps others from making, reshaping and deleting an owner’s classifiers until the transaction ends: each of these
 * counts on what has which name. It comes before `lockClassifier`.
 */
export const lockNames = (connection: Connection, owner: Owner): Promise<number> =>
  connection.run(
    "SELECT pg_advisory_xact_lock(hashtextextended('classifiers of ' || $1, 0))",
    owner,
  );

/** Without examples. @throws ApiError CLASSIFIER_EXISTS, TOO_MANY_CLASSIFIERS. @returns its number. */
export async function insertClassifier(
  connection: Connection,
  owner: Owner,
  { name, space, logitScale, templates, keepsImages, classes }: NewClassifier,
  replace: boolean,
): Promise<number> {
  await lockNames(connection, owner);
  const former = await rowOfName(connection, owner, name);
  if (former !== undefined) {
    if (!replace) throw nameTaken(name);
    await removeClassifier(connection, former.id);
  }
  if ((await namesOf(connection, owner)).length >= MAX_CLASSIFIERS) throw tooManyClassifiers(name);
  const { hash, model, dimensions } = space;
  const row = await connection.first<{ readonly id: number }>(
    `INSERT INTO classifiers (owner, name, hash, model, dimensions, logit_scale, templates, keeps_images, created_at, changed_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) RETURNING id`,
    ...[owner, name, hash, model, dimensions, logitScale],
    ...[JSON.stringify(templates), keepsImages, Date.now()],
  );
  await insertClasses(connection, row!.id, classes);
  return row!.id;
}

async function insertClasses(
  connection: Connection,
  id: number,
  classes: readonly NewClass[],
): Promise<void> {
  for (const [place, { label, texts, direction, isCut }] of classes.entries()) {
    await connection.run(
      'INSERT INTO classes (classifier, place, label, texts, direction, is_cut) VALUES ($1, $2, $3, $4, $5, $6)',
      ...[id, place, label, texts === null ? null : JSON.stringify(texts)],
      ...[direction === undefined ? null : numbersAsBytes(direction), isCut],
    );
  }
}

/** Gives a classifier other classes, and with them another number. @returns that. */
export async function replaceClasses(
  connection: Connection,
  { id: former, name }: ClassifierReference,
  classes: readonly ChangedClass[],
): Promise<number> {
  // Two of a name cannot be there at once, and no name is empty.
  const row = await connection.first<{ readonly id: number }>(
    `INSERT INTO classifiers (owner, name, hash, model, dimensions, logit_scale, templates, keeps_images, created_at, changed_at)
     SELECT owner, '', hash, model, dimensions, logit_scale, templates, keeps_images, created_at, $1
     FROM classifiers WHERE id = $2 RETURNING id`,
    ...[Date.now(), former],
  );
  const { id } = row!;
  await insertClasses(connection, id, classes);
  for (const [place, { from }] of classes.entries()) {
    if (from === undefined) continue;
    await connection.run(
      'UPDATE examples SET classifier = $1, place = $2 WHERE classifier = $3 AND place = $4',
      ...[id, place, former, from],
    );
  }
  await removeClassifier(connection, former);
  await connection.run('UPDATE classifiers SET name = $1 WHERE id = $2', name, id);
  return id;
}

/** With its classes and examples. */
export const removeClassifier = (connection: Connection, id: number): Promise<number> =>
  connection.run('DELETE FROM classifiers WHERE id = $1', id);

async function rowOfName(
  connection: Connection,
  owner: Owner,
  name: string,
): Promise<ClassifierRow | undefined> {
  if (!isName(name)) return undefined;
  return connection.first('SELECT * FROM classifiers WHERE owner = $1 AND name = $2', owner, name);
}

async function namesOf(connection: Connection, owner: Owner): Promise<readonly string[]> {
  const sql = 'SELECT name FROM classifiers WHERE owner = $1 ORDER BY name';
  return (await connection.rows<{ readonly name: string }>(sql, owner)).map(({ name }) => name);
}

async function classifierOf(connection: Connection, row: ClassifierRow): Promise<Classifier> {
  const classes = await connection.rows<ClassRow>(
    `SELECT label, texts, is_cut, (
       SELECT count(*) FROM examples AS e WHERE e.classifier = c.classifier AND e.place = c.place
     ) AS examples FROM classes AS c WHERE classifier = $1 ORDER BY place`,
    row.id,
  );
  return classifierOfRows(row, classes);
}
