import { BenchError } from '../kit/errors.ts';
import { readJsonObject } from '../kit/input-file.ts';

/** Photographs of published packages, and the labels that a model chooses from. */
export interface PhotographList {
  readonly labels: readonly string[];
  readonly packages: readonly PhotographPackage[];
}

interface PhotographPackage {
  readonly registry: string;
  readonly name: string;
  readonly version: string;
  readonly photographs: readonly Photograph[];
}

interface Photograph {
  /** Path in the unpacked package; goes on within a Qt resource file, as in `a.rcc/b/c.webp`. */
  readonly file: string;
  /** The right one of the list's labels. */
  readonly label: string;
  readonly licence: string;
}

/** @throws BenchError FILE_NOT_FOUND, or CASE_INVALID for a field or a label that is not as it should be. */
export async function readPhotographList(file: string): Promise<PhotographList> {
  const json = await readJsonObject(file);
  const invalid = (problem: string) => new BenchError('CASE_INVALID', `${file}: ${problem}`);
  const { labels, packages } = json as Partial<PhotographList>;
  if (!isArrayOf(labels, (label) => typeof label === 'string')) {
    throw invalid('expected labels, a list of strings');
  }
  if (!isArrayOf(packages, isPackage)) {
    throw invalid('expected packages, each with registry, name, version and photographs');
  }
  for (const photograph of packages.flatMap(({ photographs }) => photographs)) {
    if (labels.includes(photograph.label)) continue;
    throw invalid(`${photograph.file}: expected one of the labels, got ${photograph.label}`);
  }
  return { labels, packages };
}

const isArrayOf = <Item>(
  value: readonly Item[] | undefined,
  isItem: (item: Item) => boolean,
): value is readonly Item[] => Array.isArray(value) && value.length > 0 && value.every(isItem);

const haveText = (item: object, fields: readonly string[]): boolean =>
  fields.every((field) => typeof Object(item)[field] === 'string');

const isPackage = (item: PhotographPackage): boolean =>
  haveText(item, ['registry', 'name', 'version']) &&
  isArrayOf(item.photographs, (photograph) => haveText(photograph, ['file', 'label', 'licence']));
