// Performs the steps of the Dockerfile in an empty folder, starts what they make as Docker would, and
// asks it. No image is built: what the base image brings is this machine's instead. See container/README.md.
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { buildImages, type Image } from './build-image.ts';
import { buildContext, leaksOf } from './context.ts';
import { readStages } from './dockerfile.ts';
import { canWrite, runImage } from './run-image.ts';

const source = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Packages that only development needs; an image with one of them is not production-only. */
const DEVELOPMENT =
  /^(?:(?:typescript|vitest|vite|node|assemblyscript|knip|onnxruntime-\w+)@|@biomejs|@types)/;

const target = mkdtempSync(join(tmpdir(), 'clipql-container-'));
// The image's user has to get in.
chmodSync(target, 0o755);
try {
  const bin = join(target, 'bin');
  mkdirSync(bin);
  cpSync(process.execPath, join(bin, 'node'));

  assert.deepEqual(leaksOf(source), [], 'files that .dockerignore should keep out');
  const context = buildContext(source);
  const stages = readStages(readFileSync(join(source, 'Dockerfile'), 'utf8'));
  const images = buildImages(stages, { source, context, target, bin });
  const { serve, sagemaker } = images;
  assert(serve !== undefined && sagemaker !== undefined);
  assert.equal(images.default, serve, 'the image that `docker build .` makes');
  checkContents(serve);
  checkCompose(serve);
  for (const image of [serve, sagemaker]) makeReadOnly(image);
  await checkServe(serve, bin);
  await checkSagemaker(sagemaker, bin);
  console.log(`container: all steps done and both images answer; /app has ${megabytes(serve)} MB`);
} finally {
  spawnSync('chmod', ['-R', 'u+w', target]);
  rmSync(target, { recursive: true, force: true });
}

function checkContents(image: Image): void {
  const packages = readdirSync(join(image.root, 'app/node_modules/.pnpm'));
  assert.deepEqual(
    packages.filter((name) => DEVELOPMENT.test(name)),
    [],
  );
  assert.deepEqual(readdirSync(join(image.root, 'app/packages')).sort(), ['api', 'core']);
  assert.notEqual(image.user.split(':')[0], '0', 'the user is not root');
}

/** What compose.yaml and Prometheus say of the image is so. */
function checkCompose(image: Image): void {
  const { services } = parse(readFileSync(join(source, 'compose.yaml'), 'utf8'));
  const scrape = parse(readFileSync(join(source, 'container/prometheus.yml'), 'utf8'));
  const [job] = scrape.scrape_configs;
  assert.deepEqual(image.ports, [image.environment.CLIPQL_PORT]);
  assert.deepEqual(job.static_configs, [{ targets: [`clipql:${image.ports[0]}`] }]);
  assert.deepEqual(services.clipql.ports, [`127.0.0.1:${image.ports[0]}:${image.ports[0]}`]);
  assert.deepEqual(services.clipql.volumes, [`models:${image.volumes[0]}`]);
  assert.equal(services.clipql.read_only, true);
}

function makeReadOnly({ root, volumes }: Image): void {
  for (const name of readdirSync(root)) {
    if (volumes.includes(`/${name}`)) continue;
    const { status } = spawnSync('chmod', ['-R', 'a-w,a+rX', join(root, name)]);
    assert.equal(status, 0);
  }
}

async function checkServe(image: Image, bin: string): Promise<void> {
  const isRoot = process.getuid?.() === 0;
  if (isRoot) assert(canWrite(image, image.volumes[0]!), 'the volume can be written');
  assert(!canWrite(image, image.folder), 'the rest cannot be written');
  const { url, stop } = await runImage(image, [], {}, 'CLIPQL_PORT', bin);
  const query =
    '{ classify(imageUrl: "/examples/march-pastoral.jpg", labels: ["sheep", "boat"]) { label } }';
  const answer = await post(`${url}/graphql`, { query });
  assert.deepEqual(answer, { data: { classify: { label: 'sheep' } } });
  const metrics = await fetch(`${url}/metrics`);
  assert.match(await metrics.text(), /^clipql_/m);
  const { exitCode, stderr } = await stop();
  assert.equal(exitCode, 0, stderr);
}

async function checkSagemaker(image: Image, bin: string): Promise<void> {
  assert.equal(image.environment.CLIPQL_PORT, '8080');
  const model = join(dirname(image.root), 'model');
  cpSync(join(image.root, 'app/models/nano'), model, { recursive: true });
  spawnSync('chmod', ['-R', 'a+rX', model]);
  const environment = { SM_MODEL_DIR: model };
  const { url, stop } = await runImage(
    image,
    ['serve'],
    environment,
    'SAGEMAKER_BIND_TO_PORT',
    bin,
  );
  assert.equal((await fetch(`${url}/ping`)).status, 200);
  const bytes = readFileSync(join(source, 'packages/api/examples/march-pastoral.jpg'));
  const request = { images: [bytes.toString('base64')], classes: ['boat', 'sheep'] };
  const [[places, labels]] = (await post(`${url}/invocations`, request)) as [[number[], string[]]];
  assert.deepEqual(
    [places, labels],
    [
      [1, 0],
      ['sheep', 'boat'],
    ],
  );
  const models = await post(`${url}/graphql`, { query: '{ models { name } }' });
  assert.deepEqual(models, { data: { models: [{ name: 'model' }] } });
  const { exitCode, stderr } = await stop();
  assert.equal(exitCode, 0, stderr);
}

async function post(url: string, body: object): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return response.json();
}

function megabytes({ root }: Image): number {
  const { stdout } = spawnSync('du', ['-sk', join(root, 'app')], { encoding: 'utf8' });
  return Math.round(Number.parseInt(stdout, 10) / 1024);
}
