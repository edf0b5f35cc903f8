// Each model of the zoo as it is published, but small: from a hub to an answer.
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type ZooModel, zoo, zooAddress } from '../packages/api/src/models/zoo.ts';
import { loadClip } from '../packages/core/src/load-clip.ts';
import { hubSettings, modelFromFolder, pullModel } from '../packages/core/src/node/index.ts';
import {
  type Handler,
  startWebServer,
  storedFile,
} from '../packages/core/src/testing/web-server.ts';
import { ROOT } from './documented/programs.ts';
import type { HubRepository } from './hub/repository.ts';
import { startHub } from './hub/server.ts';
import { inventedFiles } from './zoo/folder.ts';

const PHOTOS = ['march-pastoral.jpg', 'nagasaki-boats.jpg'];
const LABELS = ['cat', 'dog', 'house'];

let cache: string;
let photos: Uint8Array[];
beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), 'clipql-zoo-'));
  photos = await Promise.all(
    PHOTOS.map((name) => readFile(join(ROOT, 'packages/api/examples', name))),
  );
});
afterAll(() => rm(cache, { recursive: true }));

test.each(zoo())('$id: pulled, loaded, and asked', async (model) => {
  const files = await inventedFiles(model);
  const published = await publish(model, files);
  const settings = hubSettings({ HF_ENDPOINT: published.endpoint, HF_HOME: cache }, cache);
  const pins = model.files.map(({ name, from }) => {
    const bytes = files[name]!;
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return { name, bytes: bytes.length, sha256, ...(from && { from: published.placeOf(from) }) };
  });
  const pulled = await pullModel(zooAddress({ ...model, files: pins }), settings, () => {});
  if (model.revision !== undefined) expect(pulled.snapshot).toBe(model.revision);

  const clip = await loadClip(await modelFromFolder(pulled.folder, model.id));
  onTestFinished(() => clip.dispose());
  const { embeddingWidth, imageSize, classifyMode } = clip.info;
  expect(imageSize).toBe(model.resolution);
  const images = await clip.encodeImages(photos);
  const texts = await clip.encodeTexts(LABELS);
  for (const embedding of [...images, ...texts]) {
    expect(embedding).toHaveLength(embeddingWidth);
    expect(Math.hypot(...embedding)).toBeCloseTo(1, 5);
  }
  expect(cosine(images[0]!, images[1]!)).toBeLessThan(0.9999);
  expect(cosine(texts[0]!, texts[1]!)).toBeLessThan(0.9999);

  const [answer] = await clip.classify(photos, LABELS);
  const probabilities = answer!.scores.map(({ probability }) => probability!);
  expect(answer!.scores.map(({ label }) => label).sort()).toEqual([...LABELS].sort());
  const sum = probabilities.reduce((a, b) => a + b, 0);
  if (classifyMode === 'softmax') expect(sum).toBeCloseTo(1, 5);
  expect(Math.max(...probabilities)).toBeLessThanOrEqual(1);
  expect(Math.min(...probabilities)).toBeGreaterThanOrEqual(0);
});

/** The hub with these files, or with those that the zoo takes from it, and a server that has the others. */
async function publish(
  { id, revision, files: named }: ZooModel,
  files: Record<string, Uint8Array>,
) {
  const repositories: HubRepository[] = [];
  const web: Record<string, Handler> = {};
  if (revision !== undefined) repositories.push({ id, revisions: { [revision]: files } });
  for (const { name, from } of named) {
    if (from === undefined) continue;
    const content = files[name]!;
    if (URL.canParse(from)) {
      web[new URL(from).pathname] = storedFile(content);
    } else {
      const [owner, commit] = from.split('@') as [string, string];
      repositories.push({ id: owner, revisions: { [commit]: { [name]: content } } });
    }
  }
  const hub = await startHub(repositories);
  onTestFinished(() => hub.close());
  const server = await startWebServer(web);
  onTestFinished(() => server.close());
  const placeOf = (from: string): string =>
    URL.canParse(from) ? server.url + new URL(from).pathname : from;
  return { endpoint: hub.endpoint, placeOf };
}

const cosine = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, i) => sum + value * b[i]!, 0);
