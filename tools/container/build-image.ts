import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, statSync } from 'node:fs';
import { basename, join, posix, resolve } from 'node:path';
import type { Stage, Step } from './dockerfile.ts';

/** What an engine would have built, in a folder. */
export interface Image {
  /** Stands for `/`. */
  readonly root: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly user: string;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly healthcheck: readonly string[];
  readonly volumes: readonly string[];
  readonly ports: readonly string[];
}

export interface BuildOptions {
  /** The repository. */
  readonly source: string;
  /** Files of the repository that COPY may see. */
  readonly context: readonly string[];
  /** An empty folder; each stage gets one in it. */
  readonly target: string;
  /** Holds `node`, as the base image does. */
  readonly bin: string;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Performs a Dockerfile's steps in folders. A base image gives nothing but an empty folder: commands
 * run with this machine's shell and programs, and with the pinned Node. Absolute paths are taken below
 * the stage's folder.
 *
 * @returns the images by the names of their stages; `default` is the last.
 * @throws Error for a step that cannot be performed: none is passed over.
 */
export function buildImages(
  stages: readonly Stage[],
  options: BuildOptions,
): Readonly<Record<string, Image>> {
  const images: Record<string, Image> = {};
  for (const [i, stage] of stages.entries()) {
    const name = stage.name ?? 'default';
    const base = images[stage.base];
    // The last stage only says which one is the default.
    const isAlias = base !== undefined && stage.steps.length === 0;
    images[name] = isAlias
      ? base
      : buildStage(stage, base, join(options.target, `${i}-${name}`), images, options);
  }
  return images;
}

function buildStage(
  stage: Stage,
  base: Image | undefined,
  root: string,
  images: Readonly<Record<string, Image>>,
  options: BuildOptions,
): Image {
  mkdirSync(root);
  if (base !== undefined) copy(base.root, root);
  const image: Mutable<Image> = {
    environment: {},
    folder: '/',
    user: '0:0',
    ...{ entrypoint: [], command: [], healthcheck: [], volumes: [], ports: [] },
    ...base,
    root,
  };
  for (const step of stage.steps) {
    console.error(`${stage.name}: ${step.keyword} ${step.text}`);
    const perform = STEPS[step.keyword];
    if (perform === undefined) throw cannot(step);
    perform(step, image, images, options);
  }
  return image;
}

type Perform = (
  step: Step,
  image: Mutable<Image>,
  images: Readonly<Record<string, Image>>,
  options: BuildOptions,
) => void;

const STEPS: Readonly<Record<string, Perform>> = {
  WORKDIR: ({ text }, image) => {
    image.folder = posix.resolve(image.folder, text);
    mkdirSync(join(image.root, image.folder), { recursive: true });
  },
  ENV: ({ text }, image) => {
    const [name, value] = text.split(/=(.*)/s);
    image.environment = { ...image.environment, [name!]: value! };
  },
  COPY: copyStep,
  RUN: ({ text }, image, _images, { bin }) => {
    const command = text.replace(/(?<=\s)\/[\w./-]+/g, (path) => join(image.root, path));
    const { status } = spawnSync('sh', ['-ec', command], {
      cwd: join(image.root, image.folder),
      env: { ...process.env, ...environmentOf(image), PATH: `${bin}:${process.env.PATH}` },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    if (status !== 0) throw new Error(`exit code ${status}: ${command}`);
  },
  USER: ({ text }, image) => {
    image.user = text;
  },
  EXPOSE: ({ text }, image) => {
    image.ports = [...image.ports, text];
  },
  VOLUME: ({ text }, image) => {
    image.volumes = [...image.volumes, text];
  },
  LABEL: () => {},
  HEALTHCHECK: ({ text }, image) => {
    image.healthcheck = JSON.parse(text.replace(/^CMD\s+/, ''));
  },
  ENTRYPOINT: ({ text }, image) => {
    image.entrypoint = JSON.parse(text);
    // As an engine does: a base image's command is for its own entry point.
    image.command = [];
  },
  CMD: ({ text }, image) => {
    image.command = JSON.parse(text);
  },
};

/** The image's variables; those that are paths lead below its folder. */
export function environmentOf({ root, environment }: Image): Record<string, string> {
  const entries = Object.entries(environment).map(([name, value]) => [
    name,
    value.startsWith('/') ? join(root, value) : value,
  ]);
  return Object.fromEntries(entries);
}

function copyStep(
  step: Step,
  image: Mutable<Image>,
  images: Readonly<Record<string, Image>>,
  { source, context }: BuildOptions,
): void {
  const { from, ...others } = step.flags;
  if (Object.keys(others).length > 0) throw cannot(step);
  const paths = step.text.split(/\s+/);
  const target = paths.pop()!;
  const destination = join(image.root, posix.resolve(image.folder, target));
  const intoFolder = target.endsWith('/') || paths.length > 1;
  for (const path of paths) {
    if (from !== undefined) {
      copyPath(join(images[from]!.root, path), destination, intoFolder);
      continue;
    }
    const files = context.filter((file) => file === path || file.startsWith(`${path}/`));
    if (files.length === 0)
      throw new Error(`line ${step.line}: ${path} is not in the build context`);
    for (const file of files) {
      if (file === path) copyPath(join(source, file), destination, intoFolder);
      else copyPath(join(source, file), join(destination, file.slice(path.length)), false);
    }
  }
}

function copyPath(from: string, to: string, intoFolder: boolean): void {
  const isFile = statSync(from).isFile();
  copy(from, isFile && intoFolder ? join(to, basename(from)) : resolve(to));
}

function copy(from: string, to: string): void {
  cpSync(from, to, { recursive: true, verbatimSymlinks: true });
}

const cannot = ({ keyword, line }: Step): Error =>
  new Error(`line ${line}: this ${keyword} cannot be performed here`);
