import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { exportNpy } from '../../collection-files/export-npy.ts';
import { exportParquet } from '../../collection-files/export-parquet.ts';
import { isOver, type Job } from '../job.ts';
import { isMissing, type PictureHost } from './picture-host.ts';
import {
  createCollection,
  ended,
  exported,
  nanoModels,
  OWNER,
  openWorkplace,
  removeFolder,
  submitUrls,
  temporaryFolder,
  type Workplace,
} from './workplace.ts';

const SCRIPT = fileURLToPath(new URL('./job-process.ts', import.meta.url));

/** Starts a process that runs jobs. Its errors go to this one's standard error. */
export function startJobProcess(folder: string, host: string, ...deadly: string[]): ChildProcess {
  const args = ['--conditions=clipql-source', SCRIPT, folder, host, ...deadly];
  return spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Indexes pictures in a process that is killed again and again, and compares with a run that is not. */
export async function expectNothingLost(
  host: PictureHost,
  { pictures, kills }: { readonly pictures: number; readonly kills: number },
): Promise<void> {
  const [calm, killed] = [await temporaryFolder(), await temporaryFolder()];
  const models = nanoModels();
  const open = (folder: string) => openWorkplace({ folder, models, allowHosts: [host.host] });
  const [undisturbed, watching] = [await open(calm), await open(killed)];
  try {
    const urls = Array.from({ length: pictures }, (_, number) => host.url(number));
    const submit = async (workplace: Workplace) => {
      await createCollection(workplace);
      return submitUrls(workplace.queue, urls);
    };
    const job = await submit(watching);
    await killAgainAndAgain(watching, job, host.host, kills);
    watching.runner.start();
    const last = await ended(watching, job);

    const expected = await submit(undisturbed);
    undisturbed.runner.start();
    const { done, failed } = await ended(undisturbed, expected);
    // These first: where they differ, they say by what.
    expect(await failedKeys(watching, job)).toEqual(await failedKeys(undisturbed, expected));
    expect(last).toMatchObject({ state: 'DONE', total: pictures, done, failed, unchanged: 0 });
    expect(failed).toBe(urls.filter((_, number) => isMissing(number)).length);
    const rows = await exported(watching);
    expect(rows).toHaveLength(done);
    expect(rows).toEqual(await exported(undisturbed));
    const files = await exportedFiles(watching);
    for (const [i, file] of (await exportedFiles(undisturbed)).entries()) {
      expect(file.equals(files[i]!), 'the exports have the same bytes').toBe(true);
    }
  } finally {
    for (const workplace of [watching, undisturbed]) await workplace.close();
    models.close();
    for (const folder of [calm, killed]) await removeFolder(folder);
  }
}

/** A collection as Parquet, as NumPy and its keys: what `cmp` would compare. */
async function exportedFiles({ collections, folder }: Workplace): Promise<readonly Buffer[]> {
  const collection = await collections.find(OWNER, 'photos');
  const names = ['photos.parquet', 'photos.npy', 'photos.csv'];
  const [parquet, npy, keys] = names.map((name) => join(folder, name)) as [string, string, string];
  await exportParquet(collections, collection, parquet);
  await exportNpy(collections, collection, { npy, keys });
  return Promise.all([parquet, npy, keys].map((path) => readFile(path)));
}

/** Kills a process once it has come a part of the way, at a moment that nobody chooses. */
async function killAgainAndAgain(
  { queue, collections, folder }: Workplace,
  { id, total = 0 }: Job,
  host: string,
  kills: number,
): Promise<void> {
  for (let kill = 0; kill < kills; kill++) {
    const target = ((kill + Math.random()) / (kills + 1)) * total;
    const child = startJobProcess(folder, host);
    let now = await queue.get(OWNER, id);
    while (now.done + now.failed < target && !isOver(now)) {
      await sleep(5);
      now = await queue.get(OWNER, id);
    }
    await sleep(30 * Math.random());
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
    // What was said to be done is there, and nothing else is.
    const after = await queue.get(OWNER, id);
    const { items } = await collections.find(OWNER, 'photos');
    expect(after.done).toBeGreaterThanOrEqual(now.done);
    expect(items).toBe(after.done);
  }
}

async function failedKeys({ queue }: Workplace, { id }: Job): Promise<readonly string[]> {
  const keys: string[] = [];
  let after: string | undefined;
  do {
    const page = await queue.failures(OWNER, id, { first: 50, ...(after && { after }) });
    keys.push(...page.failures.map(({ key, error }) => `${key} ${error.code}`));
    after = page.next;
  } while (after !== undefined);
  return keys.sort();
}
