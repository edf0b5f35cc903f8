import { type Command, Option } from 'commander';
import {
  type DuplicateItems,
  type DuplicateLevel,
  duplicates as findDuplicates,
} from '../../answers/search/duplicates.ts';
import { counted } from '../../errors/counted.ts';
import type { Flags } from '../../settings/settings.ts';
import { placeLine, shownPlace } from './hit-writer.ts';
import { withLocalStore } from './local-store.ts';
import { addUpToDateFlags, type UpToDateFlags, upToDate } from './up-to-date.ts';

const LEVELS = {
  'same-bytes': 'SAME_BYTES',
  'same-picture': 'SAME_PICTURE',
  'nearly-same': 'NEARLY_SAME',
} as const satisfies Readonly<Record<string, DuplicateLevel>>;

const FORMATS = ['table', 'json', 'jsonl', 'paths'] as const;

interface DuplicateFlags extends Flags, UpToDateFlags {
  readonly level?: keyof typeof LEVELS;
  readonly format?: (typeof FORMATS)[number];
}

const EXAMPLES = `
Examples:
  $ clipql duplicates --in photos
  $ clipql duplicates --in photos --level same-bytes --format paths

Levels:
  same-bytes    files of the same bytes
  same-picture  saved again, or scaled
  nearly-same   cropped a little, brightened, the next frame

A group has one image that all others are about the same as. The format "paths" leaves that one out, so that
one of each group is kept when the others are removed. A collection that is of folders is brought up to date first.`;

/** `clipql duplicates` */
export function addDuplicates(program: Command): void {
  const command = program
    .command('duplicates')
    .description('List indexed images that are the same, or nearly.')
    .addOption(
      new Option('--level <level>', 'how alike they are; default: same-picture').choices(
        Object.keys(LEVELS),
      ),
    )
    .addOption(new Option('--format <format>', 'output format; default: table').choices(FORMATS));
  addUpToDateFlags(command).addHelpText('after', EXAMPLES).action(duplicates);
}

const duplicates = (flags: DuplicateFlags): Promise<void> =>
  withLocalStore(flags, async (store) => {
    const { level = 'same-picture', format = 'table', quiet = false } = flags;
    const collection = await upToDate(store, flags);
    if (collection === undefined) return;
    const services = { store: store.collections, indexes: store.indexes };
    const { groups } = await findDuplicates(services, collection, LEVELS[level]);
    process.stdout.write(WRITERS[format](groups));
    if (quiet) return;
    const images = groups.reduce((sum, { members }) => sum + members.length + 1, 0);
    const verb = groups.length === 1 ? 'is' : 'are';
    const found = `${counted(groups.length, 'group')} of ${counted(images, 'image')}`;
    process.stderr.write(`clipql: ${found} in ${collection.name} ${verb} ${level}\n`);
  });

const WRITERS: Readonly<
  Record<(typeof FORMATS)[number], (groups: readonly DuplicateItems[]) => string>
> = {
  table: (groups) => groups.map(lines).join('\n'),
  json: (groups) => `${JSON.stringify(groups.map(groupJson), null, 2)}\n`,
  jsonl: (groups) => groups.map((group) => `${JSON.stringify(groupJson(group))}\n`).join(''),
  paths: (groups) =>
    groups
      .flatMap(({ members }) => members)
      .map(({ item }) => placeLine(item, process.stdout.isTTY))
      .join(''),
};

const lines = ({ representative, members }: DuplicateItems): string =>
  [
    `${shownPlace(representative)}\n`,
    ...members.map(({ item, cosine }) => `  cosine ${cosine.toFixed(3)}  ${shownPlace(item)}\n`),
  ].join('');

const groupJson = ({ representative, members }: DuplicateItems) => ({
  image: representative.source,
  key: representative.key,
  duplicates: members.map(({ item, cosine }) => ({ image: item.source, key: item.key, cosine })),
});
