import type { Owner } from '../access/owner.ts';
import type { Classifier, ClassifierClass } from './classifier.ts';

/** A classifier as it was found, which others may have changed since. */
export type ClassifierReference = Pick<Classifier, 'id' | 'name'>;

/** A classifier as the tables of all engines have it. */
export interface ClassifierRow {
  readonly id: number;
  readonly owner: Owner;
  readonly name: string;
  readonly hash: string;
  readonly model: string;
  readonly dimensions: number;
  readonly logit_scale: number;
  /** JSON. */
  readonly templates: string;
  /** SQLite has 0 and 1. */
  readonly keeps_images: boolean | number;
  readonly version: number;
  readonly temperature: number | null;
  readonly created_at: number;
  readonly changed_at: number;
}

export interface ClassRow {
  readonly label: string;
  /** JSON. */
  readonly texts: string | null;
  readonly is_cut: boolean | number;
  readonly examples: number;
}

/** @param classes in their order. */
export const classifierOfRows = (row: ClassifierRow, classes: readonly ClassRow[]): Classifier => ({
  id: row.id,
  owner: row.owner,
  name: row.name,
  space: { hash: row.hash, model: row.model, dimensions: row.dimensions },
  logitScale: row.logit_scale,
  templates: JSON.parse(row.templates),
  keepsImages: Boolean(row.keeps_images),
  classes: classes.map(classOf),
  version: row.version,
  temperature: row.temperature ?? undefined,
  createdAt: new Date(row.created_at),
  changedAt: new Date(row.changed_at),
});

const classOf = ({ label, texts, is_cut, examples }: ClassRow): ClassifierClass => ({
  label,
  texts: texts === null ? null : JSON.parse(texts),
  isCut: Boolean(is_cut),
  examples,
});
