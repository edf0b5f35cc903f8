import { readFileSync, statSync } from 'node:fs';
import { type ModelAddress, parseModelAddress } from '@clipql/core/node';
import { z } from 'zod';

const ZOO_FILE = new URL('../../../../models/zoo.json', import.meta.url);

const zooModel = z.strictObject({
  /** On the hub. */
  id: z.string(),
  /** What is taken unless a revision is named; `main` where there is none. */
  revision: z.string().optional(),
  /** Why this revision. */
  revisionNote: z.string().optional(),
  files: z.array(z.string()),
  /** Of the weights file. */
  bytes: z.int().optional(),
  /** As the publisher states it. */
  licence: z.string().optional(),
  licenceSource: z.string().optional(),
  /** E, the length of an embedding. */
  dimensions: z.int(),
  /** S, the side of the square that an image is brought to, in pixels. */
  resolution: z.int(),
  /** Zero-shot top-1 on ImageNet in percent, as the publisher reports it. */
  imagenet: z.strictObject({ top1: z.number(), source: z.string() }).optional(),
});

export type ZooModel = z.output<typeof zooModel>;

let models: readonly ZooModel[] | undefined;

/** The published models that ClipQL knows of. */
export function zoo(): readonly ZooModel[] {
  models ??= z
    .strictObject({ models: z.array(zooModel) })
    .parse(JSON.parse(readFileSync(ZOO_FILE, 'utf8'))).models;
  return models;
}

/**
 * What a user calls a model by, at the zoo's revision where none is named.
 *
 * @throws ClipError BAD_INPUT for a malformed URL or revision.
 */
export function modelAddress(text: string): ModelAddress {
  const address = parseModelAddress(text, isFolder);
  if (address.kind !== 'hub' || address.revision !== undefined) return address;
  return { ...address, revision: zoo().find(({ id }) => id === address.id)?.revision };
}

const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
