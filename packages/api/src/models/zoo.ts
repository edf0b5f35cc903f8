import { readFileSync, statSync } from 'node:fs';
import { type ModelAddress, parseModelAddress, type RemoteAddress } from '@clipql/core/node';
import { z } from 'zod';
import { ApiError } from '../errors/api-error.ts';
import { oneLine } from '../errors/one-line.ts';
import { EMBEDDED_MODEL, EMBEDDED_NAME } from './embedded-model.ts';

const ZOO_FILE = new URL('../../../../models/zoo.json', import.meta.url);

/** What a model is for; `multilingual` is searching and classifying in other languages than English. */
export const TASKS = ['classify', 'search', 'multilingual'] as const;
export type Task = (typeof TASKS)[number];

const count = z.int().positive();
const HUB_COMMIT = /^[\w.-]+\/[\w.-]+@[0-9a-f]{40}$/;

const zooFields = z.strictObject({
  /** On the hub, or what a model is called whose files are elsewhere. */
  id: z.string(),
  /** What is taken unless a revision is named: a commit. Left out where each file says where it is from. */
  revision: z
    .string()
    .regex(/^[0-9a-f]{40}$/)
    .optional(),
  /** Why this revision. */
  revisionNote: z.string().optional(),
  /** What is downloaded, the weights last; a file that differs is refused. */
  files: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[\w.-]+$/),
        /** A URL, or `org/name@commit` of the hub; of this model's own revision unless given. */
        from: z.union([z.url({ protocol: /^https$/ }), z.string().regex(HUB_COMMIT)]).optional(),
        bytes: count.optional(),
        /** Where nobody gives the number: what it should be, which is not checked. */
        aboutBytes: count.optional(),
        sha256: z
          .string()
          .regex(/^[0-9a-f]{64}$/)
          .optional(),
      }),
    )
    .min(1),
  /** Where revision, sizes and hashes are from. */
  filesSource: z.string().optional(),
  /** As the publisher states it; left out where none is stated. */
  licence: z
    .strictObject({ name: z.string(), commercial: z.boolean(), source: z.url() })
    .optional(),
  tasks: z.array(z.enum(TASKS)).min(1),
  /** ISO 639; `mul` stands for many. */
  languages: z.array(z.string().regex(/^[a-z]{2,3}$/)).min(1),
  /** Of both towers, with the scale. */
  parameters: count,
  /** How many of them are a token table that stays on the disk. */
  tokenTableParameters: count.optional(),
  /** Of the image tower for one image; a multiplication and an addition are two. */
  imageOperations: count,
  /** E, the length of an embedding. */
  dimensions: count,
  /** S, the side of the square that an image is brought to, in pixels. */
  resolution: count,
  /** Zero-shot top-1 on ImageNet in percent, as published. */
  imagenet: z.strictObject({ top1: z.number(), source: z.url() }).optional(),
});

const zooModel = zooFields.refine(
  ({ revision, files }) =>
    files.every(({ from }) => (from === undefined) !== (revision === undefined)),
  { path: ['revision'], message: 'expected a revision, or each file with where it is from' },
);

export type ZooModel = z.output<typeof zooModel>;

const zooFile = z.strictObject({ models: z.array(zooModel) });

let models: readonly ZooModel[] | undefined;
let published: readonly ZooModel[] | undefined;

/**
 * The published models that ClipQL knows of, those to try first before others. A file that CLIPQL_ZOO names adds to
 * them, and wins where it has a model of the same id.
 *
 * @throws ApiError BAD_OPTION for a file that cannot be read, or is not of the zoo's form.
 */
export function zoo(): readonly ZooModel[] {
  if (models === undefined) {
    const own = ownModels(process.env.CLIPQL_ZOO);
    const others = publishedModels().filter(({ id }) => !own.some((model) => model.id === id));
    models = [...own, ...others];
  }
  return models;
}

/** The published model to take for better answers than the embedded one's. */
export const recommendedModel = (): ZooModel => publishedModels()[0]!;

function publishedModels(): readonly ZooModel[] {
  published ??= zooFile.parse(JSON.parse(readFileSync(ZOO_FILE, 'utf8'))).models;
  return published;
}

function ownModels(file: string | undefined): readonly ZooModel[] {
  if (!file) return [];
  try {
    return zooFile.parse(JSON.parse(readFileSync(file, 'utf8'))).models;
  } catch (error) {
    const [issue] = error instanceof z.ZodError ? error.issues : [];
    const reason =
      issue === undefined ? oneLine(String(error)) : `${issue.path.join('.')}: ${issue.message}`;
    throw new ApiError(
      'BAD_OPTION',
      `CLIPQL_ZOO: expected a file in the form of models/zoo.json, got ${file}: ${reason}`,
    );
  }
}

/**
 * What a user calls a model by, at the zoo's revision where none is named, and with the zoo's files at that revision.
 * The embedded model has a name too, unless there is a folder that is called the same.
 *
 * @throws ClipError BAD_INPUT for a malformed URL or revision; ApiError as {@link zoo}.
 */
export function modelAddress(text: string): ModelAddress {
  if (text === EMBEDDED_NAME && !isPath(text)) return { kind: 'folder', path: EMBEDDED_MODEL };
  const address = parseModelAddress(text, isPath);
  if (address.kind !== 'hub') return address;
  const known = zoo().find(({ id }) => id === address.id);
  const isPinned = address.revision === undefined || address.revision === known?.revision;
  return known !== undefined && isPinned ? zooAddress(known) : address;
}

/** Where a model of the zoo is. */
export function zooAddress({ id, revision, files }: ZooModel): RemoteAddress {
  if (revision !== undefined) return { kind: 'hub', id, revision, files };
  const placed = files.map(({ name, from = '', bytes, sha256 }) => ({ name, from, bytes, sha256 }));
  return { kind: 'files', name: id, files: placed };
}

/** A folder, or a file of weights. */
const isPath = (path: string): boolean => {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats !== undefined && (stats.isDirectory() || stats.isFile());
};
