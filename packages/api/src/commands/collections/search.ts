import { type Command, Option } from 'commander';
import type { SearchHit } from '../../answers/search/hit-page.ts';
import { type SearchResult, search as searchCollection } from '../../answers/search/search.ts';
import type { RelevanceChoice } from '../../answers/search/search-request.ts';
import type { Collection } from '../../collections/collection.ts';
import { parseFilter } from '../../collections/parse-filter.ts';
import { counted } from '../../errors/counted.ts';
import { grouped } from '../../errors/grouped.ts';
import { leaseSpace } from '../../jobs/lease-space.ts';
import { MAX_HITS } from '../../limits/search.ts';
import { createLoaders } from '../../loaders/loaders.ts';
import type { Flags } from '../../settings/settings.ts';
import { collect } from '../flags.ts';
import { warn } from '../report.ts';
import { hitJson, hitTable, placeLine } from './hit-writer.ts';
import { withLocalStore } from './local-store.ts';
import {
  checkQuery,
  keysOf,
  type QueryFlags,
  relevanceOf,
  termsOf,
  titleOf,
  topOf,
} from './search-query.ts';
import { addUpToDateFlags, type UpToDateFlags, upToDate } from './up-to-date.ts';
import { writeSheet } from './write-sheet.ts';

const FORMATS = ['table', 'json', 'jsonl', 'paths', 'html'] as const;

interface SearchFlags extends Flags, QueryFlags, UpToDateFlags {
  readonly where?: string;
  readonly format?: (typeof FORMATS)[number];
}

const EXAMPLES = `
Examples:
  $ clipql search "sheep on a hill"
  $ clipql search --in photos beach --not people --top 5
  $ clipql search --in photos --image https://example.org/ref.jpg "at night"
  $ clipql search --in photos --like photos/harbour.jpg --format paths
  $ clipql search --in photos boat --where 'year > 2019 and place contains "Oslo"' --format jsonl
  $ clipql search --in photos boat --format html > boats.html

Each text is a term of its own, and all terms count the same. Without --all or --at-least, only what is
relevant is shown, which may be nothing. A collection that is of folders is brought up to date first.

Formats:
  table    for reading
  json     one array, with one object per image
  jsonl    one object per line
  paths    one path or URL per line
  html     a page with small pictures, in one file`;

/** `clipql search WORDS…` */
export function addSearch(program: Command): void {
  const command = program
    .command('search')
    .description('Find images by words, by other images, or both.')
    .argument('[words...]', 'texts that the images fit')
    .option('--not <words>', 'text that they do not fit (repeatable)', collect)
    .option('--image <image>', 'file or URL of an image that they are like (repeatable)', collect)
    .option(
      '--like <key>',
      'path or key of an indexed image that they are like (repeatable)',
      collect,
    )
    .option(
      '--where <filter>',
      'only images with this metadata: year > 2019 and place contains Oslo',
    )
    .option('--top <n>', `number of images to show, at most ${grouped(MAX_HITS)} (default: 20)`)
    .addOption(new Option('--format <format>', 'output format; default: table').choices(FORMATS))
    .addOption(new Option('--all', 'show the nearest, relevant or not').conflicts('atLeast'))
    .option('--at-least <x>', 'show what is at least so relevant, between 0 and 1')
    .option('--exact', 'compare all images, where a database would ask its index');
  addUpToDateFlags(command).addHelpText('after', EXAMPLES).action(search);
}

async function search(words: readonly string[], flags: SearchFlags): Promise<void> {
  const { quiet = false, format = 'table' } = flags;
  const first = topOf(flags);
  const relevance = relevanceOf(flags);
  checkQuery(words, flags);
  await withLocalStore(flags, async (store) => {
    const collection = await upToDate(store, flags);
    if (collection === undefined) return;
    const where =
      flags.where === undefined ? undefined : parseFilter(flags.where, collection.fields);
    const like = await keysOf(store, collection, flags.like ?? []);
    const terms = termsOf(words, flags, like);
    const lease = await leaseSpace(store.models, collection.space);
    try {
      const limits = { ...store.settings, maxImages: Number.POSITIVE_INFINITY };
      const { signal } = new AbortController();
      const loaders = createLoaders(lease.model, store.readImage, limits, signal);
      const found = await searchCollection(
        { store: store.collections, indexes: store.indexes },
        { model: lease.model, loaders },
        { collection, terms, where, exact: flags.exact, relevance, first, except: like[0] },
      );
      found.warnings.forEach(warn);
      const summary = summaryOf(found, collection, relevance);
      const heading = { title: titleOf(words, flags), summary };
      if (format === 'html') await writeSheet(store, collection, found.hits, heading);
      else process.stdout.write(WRITERS[format](found.hits));
      if (!quiet) process.stderr.write(`clipql: ${summary}\n`);
    } finally {
      lease.release();
    }
  });
}

const WRITERS: Readonly<
  Record<Exclude<(typeof FORMATS)[number], 'html'>, (hits: readonly SearchHit[]) => string>
> = {
  table: hitTable,
  json: (hits) => `${JSON.stringify(hits.map(hitJson), null, 2)}\n`,
  jsonl: (hits) => hits.map((hit) => `${JSON.stringify(hitJson(hit))}\n`).join(''),
  paths: (hits) => hits.map(({ item }) => placeLine(item, process.stdout.isTTY)).join(''),
};

function summaryOf(
  { hits, total }: SearchResult,
  { name, items }: Collection,
  relevance: RelevanceChoice,
): string {
  const of = `of ${counted(items, 'image')} in ${name}`;
  if (relevance === 'ALL') return `the nearest ${grouped(hits.length)} ${of}`;
  if (total === 0) return `none ${of} is relevant (--all shows the nearest)`;
  const shown = total > hits.length ? `; the best ${grouped(hits.length)}` : '';
  return `${grouped(total)} ${of} ${total === 1 ? 'is' : 'are'} relevant${shown}`;
}
