import { resolve } from 'node:path';
import type { Command } from 'commander';
import { SHARED } from '../../access/owner.ts';
import type { Collection } from '../../collections/collection.ts';
import { findIfThere } from '../../collections/find-if-there.ts';
import { counted } from '../../errors/counted.ts';
import { grouped } from '../../errors/grouped.ts';
import { isOver, type Job, type NewJobItem } from '../../jobs/job.ts';
import { leaseSpace } from '../../jobs/lease-space.ts';
import { type Flags, parseCount } from '../../settings/settings.ts';
import { errorLine, failed } from '../report.ts';
import { newCollection } from './choose-collection.ts';
import { allFailures, allJobs } from './collection-jobs.ts';
import { addStoreFlags } from './flags.ts';
import { followJob } from './follow-job.ts';
import { type LocalStore, withLocalStore } from './local-store.ts';
import { unsplashPhotos } from './unsplash-photos.ts';

interface ImportFlags extends Flags {
  readonly in?: string;
  readonly width?: string;
  readonly thumbnails?: true;
}

const EXAMPLES = `
Examples:
  $ clipql import unsplash ~/unsplash-research-dataset-lite-latest
  $ clipql search --in unsplash "snow in a forest" --where 'country = Norway and featured = true'

DIR has the files of https://github.com/unsplash/datasets: photos.tsv000, and if they are there keywords.tsv000,
collections.tsv000 and colors.tsv000, which become metadata. The pictures are fetched from Unsplash, in the
width asked for, and not kept. If it is stopped, the same command goes on.`;

/** `clipql import unsplash DIR` */
export function addImportUnsplash(importing: Command): void {
  const unsplash = importing
    .command('unsplash')
    .description('Index the photos of the Unsplash data set.')
    .argument('<dir>', 'folder with photos.tsv000')
    .option('--in <name>', 'collection that they go into (default: unsplash)')
    .option('--width <pixels>', 'width of the pictures that are fetched (default: 640)')
    .option('--thumbnails', 'keep a small picture of each photo');
  addStoreFlags(unsplash).addHelpText('after', EXAMPLES).action(importUnsplash);
}

const importUnsplash = (folder: string, flags: ImportFlags): Promise<void> =>
  withLocalStore(flags, async (store) => {
    const name = flags.in ?? 'unsplash';
    const width = flags.width === undefined ? 640 : parseCount('--width', flags.width);
    const photos = unsplashPhotos(resolve(folder), width);
    // What cannot be read makes no collection.
    const first = await photos.next();
    const collection = await collectionNamed(store, name);
    const left = await leftJob(store, collection);
    const all = (async function* () {
      if (!first.done) yield first.value;
      yield* photos;
    })();
    const items = notThere(store, collection, all);
    const work = {
      kind: 'INDEX',
      folder: undefined,
      thumbnails: flags.thumbnails ?? false,
    } as const;
    const submitted = { owner: SHARED, collection: name, work, items, local: true };
    const job = left ?? (await store.jobs.submit(submitted));
    const last = await followJob(store, job, false);
    await report(store, last);
  });

async function collectionNamed(store: LocalStore, name: string): Promise<Collection> {
  const found = await findIfThere(store.collections, SHARED, name);
  if (found !== undefined) {
    (await leaseSpace(store.models, found.space)).release();
    return found;
  }
  return newCollection(store, name);
}

/** What is to be fetched: of what is there from the same address, the metadata alone is brought up to date. */
async function* notThere(
  { collections }: LocalStore,
  collection: Collection,
  batches: AsyncIterable<readonly NewJobItem[]>,
): AsyncGenerator<readonly NewJobItem[]> {
  for await (const batch of batches) {
    const keys = batch.map(({ key }) => key);
    const kept = await collections.items(collection, keys);
    const { there = [], missing = [] } = Object.groupBy(batch, (item, i) =>
      kept[i]?.source === item.source ? 'there' : 'missing',
    );
    const known = there.map(({ key, metadata = {} }) => ({ key, metadata }));
    await collections.setMetadata(collection, known);
    yield missing;
  }
}

/** A job that was stopped before it was over. */
async function leftJob({ jobs }: LocalStore, { id }: Collection): Promise<Job | undefined> {
  const all = await allJobs(jobs);
  const left = all.find(
    (job) =>
      job.collectionId === id &&
      job.local &&
      job.work.kind === 'INDEX' &&
      job.work.folder === undefined &&
      (!isOver(job) || job.state === 'FAILED'),
  );
  const isStopped = left?.state === 'PAUSED' || left?.state === 'FAILED';
  return left !== undefined && isStopped ? jobs.resume(SHARED, left.id) : left;
}

async function report({ jobs, collections }: LocalStore, job: Job): Promise<void> {
  const failures = job.failed === 0 ? [] : await allFailures(jobs, job);
  for (const { source, error } of failures) process.stderr.write(`${errorLine(error, source)}\n`);
  if (job.error !== undefined) process.stderr.write(`${errorLine(job.error)}\n`);
  const { name, items } = await collections.find(SHARED, job.collection);
  const counts = `${grouped(job.done)} indexed, ${grouped(job.unchanged)} unchanged, ${grouped(job.failed)} failed`;
  process.stderr.write(`clipql: ${name} has ${counted(items, 'image')}: ${counts}\n`);
  if (job.state !== 'DONE' || failures.length > 0) failed();
}
