import { expect, test } from 'vitest';
import { type Handler, startWebServer } from '../../../core/src/testing/web-server.ts';
import { exampleBytes, startApi } from '../testing/api.ts';

test('bytes count while they arrive: of two operations that hold too many one is refused', async () => {
  const file = await exampleBytes('march-pastoral.jpg');
  const rest = Promise.withResolvers<void>();
  const slowly: Handler = async (_request, response) => {
    response.writeHead(200, { 'content-type': 'image/jpeg' });
    response.write(file.subarray(0, -1));
    await rest.promise;
    response.end(file.subarray(-1));
  };
  const web = await startWebServer({ '/1.jpg': slowly, '/2.jpg': slowly });
  const api = await startApi({
    allowHosts: [web.host],
    inference: { heldBytes: 1.5 * file.length },
  });
  try {
    const ask = (path: string) =>
      api.query(`{ embedImage(imageUrl: "${web.url}${path}") { dimensions } }`);
    const answers = [ask('/1.jpg'), ask('/2.jpg')];
    // Neither file is there as a whole.
    const { errors } = await Promise.race(answers);
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['OVERLOADED']);
    rest.resolve();
    const dimensions = (await Promise.all(answers)).map(({ data }) => data?.embedImage?.dimensions);
    expect(dimensions).toContain(128);
    // What was refused holds nothing any more.
    expect((await ask('/2.jpg')).errors).toEqual([]);
  } finally {
    rest.resolve();
    await api.close();
    await web.close();
  }
});

test('an operation that is alone holds no more than twice as much: an image beyond it fails alone', async () => {
  const file = await exampleBytes('march-pastoral.jpg');
  const rest = Promise.withResolvers<void>();
  const slowly: Handler = async (_request, response) => {
    // The one that is refused is cut off.
    response.on('close', rest.resolve);
    response.writeHead(200, { 'content-type': 'image/jpeg' });
    response.write(file.subarray(0, -1));
    await rest.promise;
    response.end(file.subarray(-1));
  };
  const paths = ['/1.jpg', '/2.jpg', '/3.jpg'];
  const web = await startWebServer(Object.fromEntries(paths.map((path) => [path, slowly])));
  const api = await startApi({
    allowHosts: [web.host],
    inference: { heldBytes: 1.25 * file.length },
  });
  try {
    const { data, errors } = await api.query(
      `query ($images: [ImageInput!]!) {
        classifyMany(images: $images, labels: ["sheep", "car"]) {
          ... on Classification { label }
          ... on ImageError { code retryable message }
        }
      }`,
      { images: paths.map((path) => ({ url: `${web.url}${path}` })) },
    );
    expect(errors).toEqual([]);
    const refused = {
      code: 'TOO_MANY_IMAGE_BYTES',
      retryable: false,
      message: expect.stringMatching(
        /^expected images of at most \d+ MiB under way in one operation/,
      ),
    };
    const sheep = { label: 'sheep' };
    expect(data.classifyMany).toHaveLength(3);
    expect(data.classifyMany).toEqual(expect.arrayContaining([sheep, refused]));
    expect(data.classifyMany.filter(({ label }: { label?: string }) => label)).toHaveLength(2);
  } finally {
    rest.resolve();
    await api.close();
    await web.close();
  }
});
