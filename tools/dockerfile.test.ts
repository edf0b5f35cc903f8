// The Dockerfile is linted, and held to what the repository has. No image is built.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import dockerignore from '@balena/dockerignore';
import { Copy, From } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import {
  argumentsOf,
  dockerfile,
  entryPoints,
  healthcheck,
  instructions,
  root,
  stageOf,
} from './container/dockerfile.ts';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');

test('the Dockerfile passes its linter', () => {
  const problems = validate(dockerfile).map(
    ({ range, message }) => `line ${range.start.line + 1}: ${message}`,
  );
  expect(problems).toEqual([]);
});

const rules = dockerignore.default().add(read('.dockerignore'));

/** Whether an engine is sent this file, or a file that lies directly in this folder. */
function isSent(path: string): boolean {
  if (!existsSync(join(root, path))) return false;
  if (statSync(join(root, path)).isFile()) return !rules.ignores(path);
  return readdirSync(join(root, path), { withFileTypes: true }).some(
    (entry) => entry.isFile() && !rules.ignores(`${path}/${entry.name}`),
  );
}

test('all that the Dockerfile copies is in the repository, or comes from an earlier stage', () => {
  const stages = new Set<string | null>();
  const missing: string[] = [];
  for (const instruction of instructions) {
    if (instruction instanceof From) stages.add(instruction.getBuildStage());
    if (!(instruction instanceof Copy)) continue;
    const stage = stageOf(instruction);
    const paths = instruction.getArguments().slice(0, -1);
    for (const path of paths.map((argument) => argument.getValue())) {
      // A stage's /app is laid out as the repository is after a build.
      const isThere =
        stage === undefined
          ? isSent(path)
          : stages.has(stage) && existsSync(join(root, path.replace(/^\/app\b/, '.')));
      if (!isThere) missing.push(`${instruction.getTextContent()}: ${path}`);
    }
  }
  expect(missing).toEqual([]);
  expect([...stages]).toEqual(['dependencies', 'build', 'serve', 'sagemaker', null]);
});

test.each([
  ...['.git/config', '.env', 'packages/api/.env', 'packages/bench/package.json'],
  ...['tools/package.json', 'packages/api/node_modules/x.js', 'packages/core/dist/x.js'],
  ...['packages/api/src/testing/api.ts', 'models/nano/training/train.py'],
])('%s is never sent to an engine', (path) => {
  expect(rules.ignores(path)).toBe(true);
});

test('the images have the versions of Node and pnpm that package.json pins', () => {
  const { devDependencies, packageManager } = JSON.parse(read('package.json'));
  const [major] = devDependencies.node.split('.');
  expect(argumentsOf('ARG')).toEqual([`NODE_IMAGE=node:${major}-slim`]);
  expect(new Set(dockerfile.match(/\bpnpm@[\d.]+/g))).toEqual(new Set([packageManager]));
});

test('the images run what they copy, as a user that is not root', () => {
  const copied = argumentsOf('COPY').map((text) => text.split(/\s+/).at(-1)!);
  for (const command of [...entryPoints, healthcheck]) {
    const file = command.at(-1);
    expect(existsSync(join(root, file!)), file).toBe(true);
    expect(
      copied.some((folder) => file!.startsWith(`${folder}/`)),
      file,
    ).toBe(true);
  }
  expect(argumentsOf('USER')).toEqual([expect.stringMatching(/^[1-9]\d*:[1-9]\d*$/)]);
});

test('the images give Node what the script clipql gives it', () => {
  const { scripts } = JSON.parse(read('package.json'));
  const flags = scripts.clipql.split(' ').filter((part: string) => part.startsWith('--'));
  expect(flags).toHaveLength(1);
  expect(entryPoints[0]).toEqual(['node', ...flags, 'packages/api/bin/clipql.js']);
  const start = `exec node ${flags.join(' ')} packages/api/bin/clipql.js`;
  expect(read('container/sagemaker.sh')).toContain(start);
});

test('compose and Prometheus use the port and the volume that the image has', () => {
  const { services } = parse(read('compose.yaml'));
  const [job] = parse(read('container/prometheus.yml')).scrape_configs;
  const [port, sagemakerPort] = argumentsOf('EXPOSE');
  const [volume] = argumentsOf('VOLUME');
  const variables = argumentsOf('ENV');
  expect(variables).toContain(`CLIPQL_PORT=${port}`);
  expect(variables).toContain(`CLIPQL_PORT=${sagemakerPort}`);
  expect(variables).toContain(`HF_HOME=${volume}`);
  expect(job.static_configs).toEqual([{ targets: [`clipql:${port}`] }]);
  expect(services.clipql).toMatchObject({
    ports: [`127.0.0.1:${port}:${port}`],
    volumes: [`models:${volume}`],
  });
  expect(services.clipql.environment).toEqual(
    expect.arrayContaining(['CLIPQL_API_KEYS', `CLIPQL_DATA=${volume}/data`]),
  );
  const { credentials_file: key } = job.authorization;
  expect(services.prometheus.volumes).toContainEqual(
    expect.stringMatching(new RegExp(`_FILE:-/dev/null}:${key}:ro$`)),
  );
});

test('compose’s profile scale has two servers and two workers with one database, which Prometheus finds', () => {
  const { services, 'x-image': image } = parse(read('compose.yaml'), { merge: true });
  const { server, worker, postgres } = services;
  const [port] = argumentsOf('EXPOSE');
  for (const service of [server, worker]) {
    expect(service).toMatchObject({ ...image, profiles: ['scale'], deploy: { replicas: 2 } });
    expect(service.depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
    const [store] = service.environment;
    expect(store).toMatch(/^CLIPQL_STORE=postgres:\/\/clipql:\S+@postgres\/clipql$/);
    expect(postgres.environment).toContain(`POSTGRES_PASSWORD=${/clipql:(\S+)@/.exec(store)![1]}`);
  }
  expect(image).toMatchObject({ build: '.', read_only: true });
  expect(server.ports).toEqual([`127.0.0.1:${port}-${Number(port) + 1}:${port}`]);
  expect(worker.command).toEqual(['worker']);
  const [, job] = parse(read('container/prometheus.yml')).scrape_configs;
  expect(job.dns_sd_configs).toMatchObject([{ names: ['server', 'worker'], port: Number(port) }]);
});
