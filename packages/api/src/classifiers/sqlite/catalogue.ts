import type { DatabaseSync } from 'node:sqlite';
import type { Owner } from '../../access/owner.ts';
import { MAX_CLASSIFIERS } from '../../limits/classifiers.ts';
import { blobOf } from '../../sqlite/blobs.ts';
import { all, first, run } from '../../sqlite/statements.ts';
import type { ChangedClass, Classifier, NewClass, NewClassifier } from '../classifier.ts';
import {
  type ClassifierReference,
  type ClassifierRow,
  type ClassRow,
  classifierOfRows,
} from '../classifier-row.ts';
import { nameTaken, tooManyClassifiers, unknownClassifier } from '../refusals.ts';

interface ByName {
  readonly owner: Owner;
  readonly name: string;
}

/** @throws ApiError UNKNOWN_CLASSIFIER. */
export function findClassifier(db: DatabaseSync, { owner, name }: ByName): Classifier {
  const row = rowOfName(db, { owner, name });
  if (row === undefined) throw unknownClassifier(name, namesOf(db, owner));
  return classifierOf(db, row);
}

export const listClassifiers = (db: DatabaseSync, owner: Owner): readonly Classifier[] =>
  all<ClassifierRow>(db, 'SELECT * FROM classifiers WHERE owner = ? ORDER BY name', owner).map(
    (row) => classifierOf(db, row),
  );

/** The oldest first. */
export const listAllClassifiers = (db: DatabaseSync): readonly Classifier[] =>
  all<ClassifierRow>(db, 'SELECT * FROM classifiers ORDER BY id').map((row) =>
    classifierOf(db, row),
  );

/** @throws ApiError UNKNOWN_CLASSIFIER for one that was deleted or replaced. */
export function readClassifier(db: DatabaseSync, { id, name }: ClassifierReference): Classifier {
  const row = first<ClassifierRow>(db, 'SELECT * FROM classifiers WHERE id = ?', id);
  if (row === undefined) throw unknownClassifier(name, []);
  return classifierOf(db, row);
}

/** Without examples. @throws ApiError CLASSIFIER_EXISTS, TOO_MANY_CLASSIFIERS. @returns its number. */
export function insertClassifier(
  db: DatabaseSync,
  owner: Owner,
  { name, space, logitScale, templates, keepsImages, classes }: NewClassifier,
  replace: boolean,
): number {
  const former = rowOfName(db, { owner, name });
  if (former !== undefined) {
    if (!replace) throw nameTaken(name);
    removeClassifier(db, former.id);
  }
  if (namesOf(db, owner).length >= MAX_CLASSIFIERS) throw tooManyClassifiers(name);
  const { hash, model, dimensions } = space;
  const now = Date.now();
  const { id } = first<{ readonly id: number }>(
    db,
    `INSERT INTO classifiers (owner, name, hash, model, dimensions, logit_scale, templates, keeps_images, created_at, changed_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
    ...[owner, name, hash, model, dimensions, logitScale],
    ...[JSON.stringify(templates), Number(keepsImages), now, now],
  )!;
  insertClasses(db, id, classes);
  return id;
}

function insertClasses(db: DatabaseSync, id: number, classes: readonly NewClass[]): void {
  for (const [place, { label, texts, direction, isCut }] of classes.entries()) {
    run(
      db,
      'INSERT INTO classes (classifier, place, label, texts, direction, is_cut) VALUES (?, ?, ?, ?, ?, ?)',
      ...[id, place, label, texts === null ? null : JSON.stringify(texts)],
      ...[direction === undefined ? null : blobOf(direction), Number(isCut)],
    );
  }
}

/** Gives a classifier other classes, and with them another number. @returns that. */
export function replaceClasses(
  db: DatabaseSync,
  { id: former, name }: ClassifierReference,
  classes: readonly ChangedClass[],
): number {
  // Two of a name cannot be there at once, and no name is empty.
  const { id } = first<{ readonly id: number }>(
    db,
    `INSERT INTO classifiers (owner, name, hash, model, dimensions, logit_scale, templates, keeps_images, created_at, changed_at)
     SELECT owner, '', hash, model, dimensions, logit_scale, templates, keeps_images, created_at, ?
     FROM classifiers WHERE id = ? RETURNING id`,
    ...[Date.now(), former],
  )!;
  insertClasses(db, id, classes);
  for (const [place, { from }] of classes.entries()) {
    if (from === undefined) continue;
    const sql = 'UPDATE examples SET classifier = ?, place = ? WHERE classifier = ? AND place = ?';
    run(db, sql, id, place, former, from);
  }
  removeClassifier(db, former);
  run(db, 'UPDATE classifiers SET name = ? WHERE id = ?', name, id);
  return id;
}

/** @returns it, as it was. @throws ApiError UNKNOWN_CLASSIFIER. */
export function deleteClassifier(db: DatabaseSync, query: ByName): Classifier {
  const classifier = findClassifier(db, query);
  removeClassifier(db, classifier.id);
  return classifier;
}

function removeClassifier(db: DatabaseSync, id: number): void {
  run(
    db,
    'DELETE FROM example_images WHERE example IN (SELECT id FROM examples WHERE classifier = ?)',
    id,
  );
  run(db, 'DELETE FROM examples WHERE classifier = ?', id);
  run(db, 'DELETE FROM classes WHERE classifier = ?', id);
  run(db, 'DELETE FROM classifiers WHERE id = ?', id);
}

const rowOfName = (db: DatabaseSync, { owner, name }: ByName): ClassifierRow | undefined =>
  first(db, 'SELECT * FROM classifiers WHERE owner = ? AND name = ?', owner, name);

const namesOf = (db: DatabaseSync, owner: Owner): readonly string[] =>
  all<{ readonly name: string }>(
    db,
    'SELECT name FROM classifiers WHERE owner = ? ORDER BY name',
    owner,
  ).map(({ name }) => name);

const classifierOf = (db: DatabaseSync, row: ClassifierRow): Classifier =>
  classifierOfRows(
    row,
    all<ClassRow>(
      db,
      `SELECT label, texts, is_cut, (
         SELECT count(*) FROM examples AS e WHERE e.classifier = c.classifier AND e.place = c.place
       ) AS examples FROM classes AS c WHERE classifier = ? ORDER BY place`,
      row.id,
    ),
  );
