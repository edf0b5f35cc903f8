import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { PictureHost } from '../../packages/api/src/jobs/testing/picture-host.ts';
import { standInZoo } from './model-hub.ts';
import { type Block, blocksOf } from './page.ts';
import { ROOT } from './programs.ts';

const CLIPQL = join(ROOT, 'packages/api/bin/clipql.js');

/** What stands for the commands that pages begin with; a server only says what its settings would be. */
const COMMANDS = {
  clipql: `exec '${process.execPath}' '${CLIPQL}' "$@"`,
  pnpm: 'shift 2 && exec clipql "$@"',
  npm: `
    if [ "$1" = run ]; then shift 4 && exec clipql "$@"; fi
    shift 2 && exec clipql serve --print-config "$@"`,
};

/** A picture of each class. */
const BY_CLASS = {
  mountain: 'french-alpine-landscape.jpg',
  sheep: 'march-pastoral.jpg',
  boat: 'nagasaki-boats.jpg',
};

/** The table of docs/evaluate.md. */
const [{ text: LABELS }] = blocksOf(readFileSync(join(ROOT, 'docs/evaluate.md'), 'utf8')).filter(
  ({ language }) => language === 'csv',
) as [Block];

/** A folder in which a reader of the pages might be. */
export class ReadersFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'clipql-docs-'));
  readonly #env: Readonly<Record<string, string | undefined>>;

  /**
   * @param hub where models are downloaded from.
   * @param pictures where the photos of the data set are that a page indexes.
   */
  constructor(hub: string, pictures: Pick<PictureHost, 'host' | 'url'>) {
    const bin = join(this.path, 'bin');
    mkdirSync(bin);
    for (const [name, script] of Object.entries(COMMANDS)) {
      writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    }
    for (const name of ['models', 'packages']) symlinkSync(join(ROOT, name), join(this.path, name));
    for (const name of ['photos', 'Pictures']) {
      cpSync(join(ROOT, 'packages/api/examples'), join(this.path, name), { recursive: true });
    }
    for (const [name, file] of Object.entries(BY_CLASS)) {
      mkdirSync(join(this.path, 'by-class', name), { recursive: true });
      cpSync(join(ROOT, 'packages/api/examples', file), join(this.path, 'by-class', name, file));
    }
    mkdirSync(join(this.path, 'other-pictures/boat'), { recursive: true });
    const boat = join(ROOT, 'packages/api/examples/black-canyon.jpg');
    cpSync(boat, join(this.path, 'other-pictures/boat/canyon.jpg'));
    writeFileSync(join(this.path, 'labels.csv'), LABELS);
    writeFileSync(join(this.path, 'labels.txt'), 'sheep\nmountain\nboat\n');
    const unsplash = join(this.path, 'unsplash-research-dataset-lite-latest');
    mkdirSync(unsplash);
    writeFileSync(join(unsplash, 'photos.tsv000'), unsplashPhotos(pictures));
    const cache = join(this.path, 'cache');
    const zoo = join(this.path, 'zoo.json');
    writeFileSync(zoo, standInZoo());
    const path = `${bin}:${process.env.PATH}`;
    this.#env = {
      ...process.env,
      PATH: path,
      HOME: this.path,
      XDG_DATA_HOME: join(this.path, 'data'),
      HF_ENDPOINT: hub,
      HF_HOME: cache,
      CLIPQL_PORT: '',
      CLIPQL_ALLOW_HOSTS: pictures.host,
      CLIPQL_ZOO: zoo,
    };
  }

  /** Runs commands until one fails. @returns what the failing one wrote; undefined where none failed. */
  async failureOf(commands: string): Promise<string | undefined> {
    const shell = spawn('sh', ['-e', '-c', commands], {
      cwd: this.path,
      env: this.#env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const [errors, [code]] = await Promise.all([text(shell.stderr), once(shell, 'exit')]);
    return code === 0 ? undefined : errors;
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}

/** Invented, in the form of the data set, which may not be passed on. */
function unsplashPhotos({ url }: Pick<PictureHost, 'url'>): string {
  const rows = [
    ['photo_id', 'photo_image_url', 'photo_featured', 'photo_location_country'],
    ['aaaaaaaaaaa', url(1), 't', 'Norway'],
    ['bbbbbbbbbbb', url(2), 'f', 'Chile'],
  ];
  return rows.map((row) => `${row.join('\t')}\n`).join('');
}
