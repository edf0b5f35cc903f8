import { relative } from 'node:path';
import type { SearchHit } from '../../answers/search/hit-page.ts';
import type { Item } from '../../collections/item.ts';
import { oneLine, shorten, withoutCommands } from '../../errors/one-line.ts';
import { percent } from '../percent.ts';

/** As a table, for reading: the best first. */
export function hitTable(hits: readonly SearchHit[]): string {
  const width = String(hits.length).length;
  return hits
    .map(({ item, relevance, cosine }, i) => {
      const numbers = `${percent(relevance, 0).padStart(5)}  cosine ${cosine.toFixed(3).padStart(6)}`;
      return `${String(i + 1).padStart(width)}  ${numbers}  ${shownPlace(item)}\n`;
    })
    .join('');
}

/** A hit as JSON has it. */
export function hitJson({ item, relevance, cosine, shares }: SearchHit): object {
  const { key, source, facts, metadata, modified, indexedAt } = item;
  return {
    image: source,
    ...(key !== source && { key }),
    relevance,
    cosine,
    shares,
    ...(facts !== undefined && { file: facts }),
    ...(modified !== undefined && { modified: new Date(modified) }),
    indexedAt,
    metadata,
  };
}

/** A line with an image's path or URL; on a terminal without what would make it do something. */
export const placeLine = ({ source }: Item, isTerminal: boolean): string =>
  `${isTerminal ? withoutCommands(source) : source}\n`;

/** Where an image is, in one line: from this folder on if it lies below. */
export function shownPlace({ key, source }: Item): string {
  const path = relative('.', source);
  const isBelow = source.startsWith('/') && path !== '' && !path.startsWith('..');
  const place = oneLine(shorten(isBelow ? path : source, 200));
  return key === source ? place : `${oneLine(shorten(key, 100))}  ${place}`;
}
