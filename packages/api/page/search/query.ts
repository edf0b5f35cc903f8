import type { Argument, Operation, Value } from '../server/operation.ts';
import { type Condition, filterOf, readCondition, writeCondition } from './condition.ts';

/** Part of what is searched for. */
export interface Term {
  readonly kind: 'text' | 'item' | 'url' | 'file';
  /** The words, the key of an item, the address of a picture, or the name of a file. */
  readonly value: string;
  /** −1 to 1; below 0 for what is not wanted. */
  readonly weight: number;
  /** Of a picture from this machine, as it is sent. */
  readonly file?: File;
  /** What was done to it first; undefined for nothing. */
  readonly change?: string | undefined;
}

/** Which items are hits: those that the server takes for relevant, all, or those of at least some relevance. */
export type Cut = 'auto' | 'all' | number;

/** How alike duplicates are. */
export const DUPLICATE_LEVELS = ['SAME_BYTES', 'SAME_PICTURE', 'NEARLY_SAME'] as const;

export type DuplicateLevel = (typeof DUPLICATE_LEVELS)[number];

/** What is asked of a collection, as the address has it. */
export interface Query {
  /** Its name; empty for the first there is. */
  readonly collection: string;
  /** Without terms the collection is shown as it is. */
  readonly terms: readonly Term[];
  readonly conditions: readonly Condition[];
  readonly cut: Cut;
  /** Groups of duplicates are shown instead of hits. */
  readonly duplicates?: DuplicateLevel | undefined;
}

/** Terms of one query, as the server has it. */
export const MAX_TERMS = 32;

const KINDS: readonly string[] = ['text', 'item', 'url'] satisfies readonly Term['kind'][];

export function readQuery(parameters: URLSearchParams): Query {
  const cut = parameters.get('cut') ?? 'auto';
  const relevance = Number(cut);
  return {
    collection: parameters.get('in') ?? '',
    terms: parameters.getAll('term').flatMap((text) => readTerm(text) ?? []),
    conditions: parameters.getAll('where').flatMap((text) => readCondition(text) ?? []),
    cut: cut === 'all' ? 'all' : relevance > 0 && relevance < 1 ? relevance : 'auto',
    duplicates: DUPLICATE_LEVELS.find((level) => level === parameters.get('duplicates')),
  };
}

/** Files have no address, so the query without them is what is written. */
export function writeQuery({
  collection,
  terms,
  conditions,
  cut,
  duplicates,
}: Query): URLSearchParams {
  const parameters = new URLSearchParams();
  if (collection !== '') parameters.set('in', collection);
  for (const { kind, value, weight } of terms)
    if (kind !== 'file') parameters.append('term', `${kind}:${weight}:${value}`);
  for (const condition of conditions) parameters.append('where', writeCondition(condition));
  if (cut !== 'auto') parameters.set('cut', String(cut));
  if (duplicates !== undefined) parameters.set('duplicates', duplicates);
  return parameters;
}

/** `text:0.5:a boat` @returns undefined for anything else. */
function readTerm(text: string): Term | undefined {
  const [, kind = '', number = '', value = ''] = /^(\w+):([-.\d]+):(.+)$/s.exec(text) ?? [];
  const weight = Number(number);
  if (!KINDS.includes(kind) || !(Math.abs(weight) <= 1)) return undefined;
  return { kind: kind as Term['kind'], value, weight };
}

/**
 * With one more term; one that is there already has the new weight. What is like a picture is a matter of degree, so
 * with one the order counts and all are hits, unless a line has been drawn.
 */
export function withTerm(query: Query, term: Term): Query {
  const i = query.terms.findIndex(
    ({ kind, value }) => kind === term.kind && kind !== 'file' && value === term.value,
  );
  const terms = i < 0 ? [...query.terms, term] : query.terms.with(i, term);
  const cut = query.cut === 'auto' && i < 0 && term.kind !== 'text' ? 'all' : query.cut;
  return { ...query, terms: terms.slice(-MAX_TERMS), cut };
}

const ITEM = 'key source metadata thumbnailUrl';

/** The first page of what a query finds, or the one after a cursor. */
export function searchOperation(query: Query, first: number, after?: string): Operation {
  const page: readonly Argument[] = [
    { name: 'first', type: 'Int', value: first },
    ...(after === undefined ? [] : [{ name: 'after', type: 'String', value: after }]),
  ];
  return {
    kind: 'query',
    name: 'Search',
    field: 'search',
    args: [{ name: 'input', type: 'SearchInput!', value: searchInput(query) }, ...page],
    selection: `total cut histogram { from to counts relevances } edges { relevance node { ${ITEM} } } pageInfo { hasNextPage endCursor } warnings`,
  };
}

/** The same, shorter, for people who read it. */
export const copiedSearch = (query: Query, first: number): Operation => ({
  ...searchOperation(query, first),
  selection: 'total edges { relevance node { key metadata } } pageInfo { endCursor }',
});

/** A page of a collection’s items as they are. */
export function browseOperation(
  { collection, conditions }: Query,
  first: number,
  after?: string,
): Operation {
  const where = filterOf(conditions);
  const given: readonly (Argument | false)[] = [
    where !== undefined && { name: 'where', type: 'ItemFilter', value: where },
    { name: 'first', type: 'Int', value: first },
    after !== undefined && { name: 'after', type: 'String', value: after },
  ];
  const inner = given.filter((argument) => argument !== false);
  const passed = inner.map(({ name }) => `${name}: $${name}`).join(', ');
  return {
    kind: 'query',
    name: 'Items',
    field: 'collection',
    args: [{ name: 'name', type: 'String!', value: collection }],
    inner,
    selection: `itemCount items(${passed}) { edges { node { ${ITEM} } } pageInfo { hasNextPage endCursor } }`,
  };
}

function searchInput({ collection, terms, conditions, cut }: Query): Value {
  const where = filterOf(conditions);
  return {
    collection,
    terms: terms.map(termInput),
    ...(where !== undefined && { where }),
    ...(cut === 'all' && { relevance: { all: true } }),
    ...(typeof cut === 'number' && { relevance: { atLeast: cut } }),
  };
}

function termInput({ kind, value, weight, file }: Term): Value {
  const weighted = weight === 1 ? {} : { weight };
  if (kind === 'file') return { image: { upload: file! }, ...weighted };
  if (kind === 'url') return { image: { url: value }, ...weighted };
  return { [kind]: value, ...weighted };
}
