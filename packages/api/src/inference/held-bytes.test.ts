import { expect, test } from 'vitest';
import { startWebServer } from '../../../core/src/testing/web-server.ts';
import { exampleBytes, startApi } from '../testing/api.ts';

test('bytes count while they arrive: of two operations that hold too many one is refused', async () => {
  const file = await exampleBytes('march-pastoral.jpg');
  const rest = Promise.withResolvers<void>();
  const slowly: Parameters<typeof startWebServer>[0][string] = async (_request, response) => {
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
