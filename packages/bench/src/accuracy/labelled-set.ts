/** Images with the position of their label; the names are what a model gets to choose from. */
export interface LabelledSet {
  readonly name: string;
  /** One a label; labels that share a name are one answer. */
  readonly names: readonly string[];
  readonly images: readonly LabelledImage[];
}

export interface LabelledImage {
  /** Position in the set's `names`. */
  readonly label: number;
  /** The file's bytes. */
  read(): Promise<Uint8Array>;
}

/** The distinct names, and for each label the position of its name among them. */
export function mergeEqualNames(names: readonly string[]): {
  distinct: readonly string[];
  positions: readonly number[];
} {
  const distinct = [...new Set(names)];
  return { distinct, positions: names.map((name) => distinct.indexOf(name)) };
}

/** Every image, or `limit` of them spread evenly, so that all classes are among them. */
export function spread<Item>(items: readonly Item[], limit: number | undefined): readonly Item[] {
  if (limit === undefined || limit >= items.length) return items;
  return Array.from({ length: limit }, (_, i) => items[Math.floor((i * items.length) / limit)]!);
}

/** The images that `spread` chooses with none of the limits. */
export function without<Item>(items: readonly Item[], limits: readonly number[]): readonly Item[] {
  const chosen = new Set(limits.flatMap((limit) => spread(items, limit)));
  return items.filter((item) => !chosen.has(item));
}
