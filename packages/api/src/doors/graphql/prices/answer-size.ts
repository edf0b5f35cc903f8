import type { LabelSets } from '../../../label-sets/label-sets.ts';
import { checkAnswerValues } from '../../../limits/limits.ts';
import type { RequestedField } from './operation-fields.ts';

/** The most values of an embedding: those of the largest CLIP models. */
const MAX_WIDTH = 1024;
/** Characters that are as long as a number. */
const CHARACTERS_A_VALUE = 20;
/** Of a text that was cut, its beginning quoted. */
const WARNING_SIZE = 8;

/**
 * Counts what an answer will hold, before any of it is there: inputs × fields, aliased ones too,
 * × scores or dimensions. A text counts as a value, and as more where it is long.
 *
 * @param fields outer ones before those within them.
 * @throws ApiError ANSWER_TOO_LARGE.
 */
export function checkAnswerSize(
  fields: readonly RequestedField[],
  labelSets: Pick<LabelSets, 'list' | 'find'>,
): void {
  const lengths = new Map<RequestedField, number>();
  let values = 0;
  for (const field of fields) {
    const texts = textsOf(field, labelSets);
    const around = field.outer === undefined ? 1 : lengths.get(field.outer)!;
    const length = around * lengthOf(field, texts, labelSets);
    lengths.set(field, length);
    if (field.isLeaf) values += length * sizeOf(field, texts);
    checkAnswerValues(values);
  }
}

/** How many entries a field has: 1 for what is no list, or no longer than the server makes it. */
function lengthOf(
  field: RequestedField,
  texts: readonly string[],
  labelSets: Pick<LabelSets, 'list'>,
): number {
  switch (field.name) {
    case 'Query.embed':
      return listLength(field, 'inputs');
    case 'Query.classifyMany':
      return listLength(field, 'images');
    case 'Query.nodes':
      return listLength(field, 'ids');
    case 'Query.labelSets':
      return labelSets.list().length;
    case 'Ranking.ranked':
      return Math.min(listLength(field, 'candidates'), topOf(field));
    case 'Ranking.errors':
    case 'Ranking.warnings':
      return listLength(field, 'candidates');
    case 'Classification.scores':
      return Math.min(texts.length, topOf(field));
    case 'Classification.warnings':
    case 'LabelSet.labels':
    case 'LabelSet.templates':
      return texts.length;
    case 'Embedding.values':
    case 'ImageEmbedding.values':
    case 'TextEmbedding.values':
      return MAX_WIDTH;
    default:
      return 1;
  }
}

/** Values that an entry of a leaf is as long as. */
function sizeOf(field: RequestedField, texts: readonly string[]): number {
  switch (field.name) {
    case 'Embedding.data':
      return MAX_WIDTH / 4;
    case 'Ranking.warnings':
      return WARNING_SIZE;
    case 'Classification.label':
      return textSize(texts) + textSize([String(given(field, 'rejectLabel') ?? '')]);
    case 'LabelScore.label':
    case 'LabelSet.labels':
    case 'LabelSet.templates':
      return textSize(texts);
    default:
      return 1;
  }
}

/** On average. */
const textSize = (texts: readonly string[]): number =>
  1 + charactersOf(texts) / CHARACTERS_A_VALUE / Math.max(texts.length, 1);

/** The texts that a field writes, all or some of them: those given, or of the largest kept set. */
function textsOf(
  field: RequestedField,
  labelSets: Pick<LabelSets, 'list' | 'find'>,
): readonly string[] {
  const [type] = field.name.split('.');
  if (type !== 'Classification' && type !== 'LabelScore' && type !== 'LabelSet') return [];
  const key = field.name === 'LabelSet.templates' ? 'templates' : 'labels';
  const list = given(field, key);
  if (Array.isArray(list)) return list;
  const name = given(field, 'labelSet');
  if (typeof name === 'string') return labelSets.find(name)?.labels ?? [];
  const lists = labelSets.list().map((set) => set[key]);
  const weight = (texts: readonly string[]) => texts.length * textSize(texts);
  return lists.reduce((most, texts) => (weight(texts) > weight(most) ? texts : most), []);
}

const charactersOf = (texts: readonly string[]): number =>
  texts.reduce((sum, text) => sum + text.length, 0);

/** An argument of a field or, without one, of the fields around it. */
function given(field: RequestedField | undefined, name: string): unknown {
  if (field === undefined) return undefined;
  const argument = field.values.find((one) => one.name === name);
  return argument?.value ?? given(field.outer, name);
}

function listLength(field: RequestedField, name: string): number {
  const list = given(field, name);
  return Array.isArray(list) ? list.length : 0;
}

/** The most scores that are asked for, by the field itself or else by the one around it. */
function topOf(field: RequestedField): number {
  const top = given(field, 'topK');
  return typeof top === 'number' && top > 0 ? top : Number.POSITIVE_INFINITY;
}
