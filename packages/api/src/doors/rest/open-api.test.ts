import { fileURLToPath } from 'node:url';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { type Gallery, LONG, newGallery } from '../../pictures/testing/gallery.ts';
import { parseSettings } from '../../settings/settings.ts';
import { startApi, type TestApi } from '../../testing/api.ts';
import { ROUTES } from '../routes.ts';

/** What this test reads of the document. */
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
}

interface OperationObject {
  readonly operationId: string;
  readonly security: readonly object[];
  readonly parameters?: readonly { readonly examples: Examples }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

type Content = Readonly<Record<string, { readonly schema: object; readonly examples: Examples }>>;
type Examples = Readonly<Record<string, { readonly summary: string; readonly value: unknown }>>;

let gallery: Gallery;
let api: TestApi;
let document: Document;
const ajv = new Ajv2020({ allErrors: true });

beforeAll(async () => {
  gallery = await newGallery({ folders: [EXAMPLES] });
  await gallery.open();
  api = gallery.api;
  const response = await api.fetch('/openapi.json');
  expect(response.headers.get('content-type')).toBe('application/json');
  document = await response.json();
});

afterAll(() => gallery.remove());

/** What GraphQL's schema describes, and pages with their files. */
const LEFT_OUT = ['/graphql', '/', '/page/{file}', '/examples', '/examples/'];

const bodyOf = ({ requestBody }: OperationObject) => requestBody?.content['application/json'];

/** The routes that the document describes, as the table has them. */
const DOCUMENTED = ROUTES.flatMap(({ method, path, door }) =>
  door?.operation === undefined ? [] : [{ method, path, operation: door.operation }],
);

/** A request for each example, and a plain one for each operation that needs nothing else. */
function requests() {
  return DOCUMENTED.flatMap(({ method, path, operation }) => {
    const { examples, body } = operation;
    const isPlain = body === undefined && !path.endsWith('}');
    const plain = isPlain ? [{ name: path, rest: '', status: 200 }] : [];
    const described = document.paths[path]![method.toLowerCase()]!;
    return [...plain, ...examples].map(({ name, rest = '', status = 200, ...example }) => ({
      ...{ name, status, method, operation: described },
      path: path.replace(/\{\w+\}/, encodeURIComponent(rest)),
      body: 'body' in example ? example.body : undefined,
    }));
  });
}

test('the document is valid OpenAPI 3.1, and names each operation once', async () => {
  const { valid, errors } = await new Validator().validate({ ...document });
  expect([errors, valid]).toEqual([undefined, true]);
  expect(document.openapi).toMatch(/^3\.1\./);
  const ids = Object.values(document.paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId),
  );
  expect(ids.toSorted()).toEqual([...new Set(ids)].toSorted());
});

test('the document has each route of the table but GraphQL and pages, and its examples with their statuses', () => {
  for (const { method, path, operation } of DOCUMENTED) {
    const described = document.paths[path]![method.toLowerCase()]!;
    const [parameter] = described.parameters ?? [];
    const shown = bodyOf(described)?.examples ?? parameter?.examples ?? {};
    const expected = operation.examples.map(({ name, summary, status, body, rest }) => [
      name,
      { summary: status === undefined ? summary : `${summary}: ${status}`, value: body ?? rest },
    ]);
    expect([path, shown]).toEqual([path, Object.fromEntries(expected)]);
  }
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const expected = ROUTES.filter(({ path }) => !LEFT_OUT.includes(path));
  expect(described.toSorted()).toEqual(
    expected.map(({ method, path }) => `${method} ${path}`).toSorted(),
  );
});

test('each example is answered as its operation says, and its body is of the schema', async () => {
  for (const { name, path, method, body, status, operation } of requests()) {
    const init = { method, headers: { 'content-type': 'application/json' } };
    const response = await api.fetch(path, {
      ...init,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    expect([name, response.status]).toEqual([name, status]);
    if (body !== undefined && status === 200) {
      const { schema } = bodyOf(operation)!;
      expect([name, ajv.validate(schema, body), ajv.errors]).toEqual([name, true, null]);
    }
    await expectAnswer(response, operation, name);
  }
});

async function expectAnswer(response: Response, { responses }: OperationObject, what: string) {
  const { content } = responses[response.status]!;
  const [type = ''] = (response.headers.get('content-type') ?? '').split(';');
  const [told = ''] = Object.keys(content ?? {});
  const image = expect.stringMatching(/^image\/\w+$/);
  expect([what, type]).toEqual([what, told === 'image/*' ? image : told]);
  if (type !== 'application/json') return;
  const valid = ajv.validate(content![type]!.schema, await response.json());
  expect([what, ajv.errors, valid]).toEqual([what, null, true]);
}

test('a model by its id is answered as its operation says', async () => {
  const response = await api.fetch('/v1/models/nano');
  expect(response.status).toBe(200);
  await expectAnswer(response, document.paths['/v1/models/{id}']!.get!, 'a model');
});

test.each([
  ['/pictures/{file}', pictureUrl, '/pictures/a-sheep.jpg'],
  ['/thumbnails/{item}', thumbnailUrl, '/thumbnails/photos/none'],
  ['/classifiers/{picture}', exampleUrl, '/classifiers/pastures/none'],
])(
  'an image of %s is answered as its operation says: there, known already, missing',
  async (path, make, missing) => {
    const operation = document.paths[path]!.get!;
    const url = await make();
    const there = await api.fetch(url);
    expect(there.status).toBe(200);
    await expectAnswer(there, operation, 'there');
    // A picture may have its next image meanwhile.
    const known = await vi.waitFor(async () => {
      const { headers } = await api.fetch(url);
      const cached = { 'if-none-match': headers.get('etag')! };
      const response = await api.fetch(url, { headers: cached });
      expect(response.status).toBe(304);
      return response;
    }, LONG);
    await expectAnswer(known, operation, 'known already');
    const other = await api.fetch(missing);
    expect(other.status).toBe(404);
    await expectAnswer(other, operation, 'missing');
  },
  LONG.timeout,
);

async function pictureUrl(): Promise<string> {
  const picture = await gallery.start('a sheep');
  const { imageUrl } = await gallery.until(picture, (seen) => seen.imageUrl !== null);
  return imageUrl!;
}

async function thumbnailUrl(): Promise<string> {
  await changed(`createCollection(input: { name: "photos" }) { errors { message } }`);
  api.store.runner.start();
  await changed(
    `startIndex(input: { collection: "photos", folder: "${EXAMPLES}", items: [{ key: "sheep", url: "${SHEEP}" }], thumbnails: true })
      { errors { message } }`,
  );
  const query =
    '{ collection(name: "photos") { items(first: 1) { edges { node { thumbnailUrl } } } } }';
  return vi.waitFor(async () => {
    const { data } = await api.query(query);
    const [{ node }] = data.collection.items.edges;
    return node.thumbnailUrl;
  }, LONG);
}

async function exampleUrl(): Promise<string> {
  const { classifier } = await changed(
    `createClassifier(input: { name: "pastures", keepImages: true, classes: [
      { label: "sheep", images: [{ url: "/examples/${SHEEP}" }] }, { label: "boat" }] })
      { errors { message } classifier { examples { imageUrl } } }`,
  );
  return classifier.examples[0].imageUrl;
}

const EXAMPLES = fileURLToPath(new URL('../../../examples', import.meta.url));
const SHEEP = 'march-pastoral.jpg';

/** What a mutation of one field gives. */
async function changed(field: string) {
  const { data, errors } = await api.query(`mutation { change: ${field} }`);
  expect([errors, data.change.errors]).toEqual([[], []]);
  return data.change;
}

test('where no pictures are drawn, their images are refused as the operation says', async () => {
  const off = await startApi();
  onTestFinished(() => off.close());
  const refused = await off.fetch('/pictures/a-sheep.png');
  expect(refused.status).toBe(403);
  await expectAnswer(refused, document.paths['/pictures/{file}']!.get!, 'where none are drawn');
});

test('schemas refuse what the doors refuse', async () => {
  const { schema } = bodyOf(document.paths['/v1/embeddings']!.post!)!;
  for (const body of [{}, { input: [] }, { input: [[1, 2]] }, { input: 'a', truncate: true }]) {
    expect([body, ajv.validate(schema, body)]).toEqual([body, false]);
    const refused = await api.fetch('/v1/embeddings', {
      method: 'POST',
      body: JSON.stringify(body),
    });
    expect([body, refused.status]).toEqual([body, 400]);
  }
});

test('what every route may be refused with is told: a wrong key, a type, a size', async () => {
  const apiKeys = `app:${'0'.repeat(64)}`;
  const closed = await startApi({
    settings: parseSettings({ apiKeys, maxRequestMegabytes: '0.001' }, {}),
  });
  const withKeys = (await (await closed.fetch('/openapi.json')).json()) as Document;
  const { post } = withKeys.paths['/v1/embeddings']!;
  expect(post!.security).toEqual([{ bearer: [] }, { apiKey: [] }]);
  expect(document.paths['/v1/embeddings']!.post!.security).toEqual([]);
  const wrongKey = await closed.fetch('/v1/embeddings', { method: 'POST', body: '{}' });
  expect(wrongKey.status).toBe(401);
  await expectAnswer(wrongKey, post!, 'a wrong key');
  await closed.close();
  const packed = { 'content-encoding': 'zstd' };
  const unreadable = await api.fetch('/v1/embeddings', {
    method: 'POST',
    headers: packed,
    body: 'x',
  });
  expect(unreadable.status).toBe(415);
  await expectAnswer(unreadable, post!, 'a coding');
});
