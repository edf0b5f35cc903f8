import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { REPOSITORY } from '../kit/folders.ts';
import { runBench } from '../run-bench.ts';

const EXAMPLES = join(REPOSITORY, 'packages', 'api', 'examples');

/** A Qt resource file, version 1, with one folder `images` of a plain and a compressed file. */
function qtResource(plain: Uint8Array, deflated: Uint8Array): Buffer {
  const names = ['images', 'plain.jpg', 'deflated.jpg'].map((name) => {
    const head = Buffer.alloc(6);
    head.writeUInt16BE(name.length);
    return Buffer.concat([head, Buffer.from(name, 'utf16le').swap16()]);
  });
  const nameOffset = (i: number) => names.slice(0, i).reduce((sum, { length }) => sum + length, 0);
  const length = (bytes: Uint8Array) => {
    const head = Buffer.alloc(4);
    head.writeUInt32BE(bytes.length);
    return head;
  };
  const packed = Buffer.concat([length(deflated), deflateSync(deflated)]);
  const data = Buffer.concat([length(plain), plain, length(packed), packed]);
  const node = (name: number, flags: number, a: number, b: number) => {
    const bytes = Buffer.alloc(14);
    bytes.writeUInt32BE(name);
    bytes.writeUInt16BE(flags, 4);
    bytes.writeUInt32BE(a, 6);
    bytes.writeUInt32BE(b, 10);
    return bytes;
  };
  const tree = Buffer.concat([
    node(0, 2, 1, 1),
    node(nameOffset(0), 2, 2, 2),
    node(nameOffset(1), 0, 0, 0),
    node(nameOffset(2), 1, 0, 4 + plain.length),
  ]);
  const head = Buffer.alloc(20);
  head.write('qres');
  [1, 20, 20 + tree.length, 20 + tree.length + data.length].forEach((value, i) => {
    head.writeUInt32BE(value, 4 + 4 * i);
  });
  return Buffer.concat([head, tree, data, ...names]);
}

let packages: string;
beforeAll(async () => {
  packages = await mkdtemp(join(tmpdir(), 'clipql-photographs-'));
  const [sheep, boats] = await Promise.all(
    ['march-pastoral.jpg', 'nagasaki-boats.jpg'].map((name) => readFile(join(EXAMPLES, name))),
  );
  await mkdir(join(packages, 'farm', 'share'), { recursive: true });
  await writeFile(join(packages, 'farm', 'share', 'sheep.jpg'), sheep!);
  await writeFile(join(packages, 'farm', 'share', 'all.rcc'), qtResource(boats!, sheep!));
});
afterAll(() => rm(packages, { recursive: true }));

async function photographs(files: Readonly<Record<string, string>>, ...options: string[]) {
  const list = join(packages, 'list.json');
  const entries = Object.entries(files).map(([file, label]) => ({
    file,
    label,
    licence: 'CC0-1.0',
  }));
  const farm = { registry: 'npm', name: 'farm', version: '1.0.0', photographs: entries };
  await writeFile(list, JSON.stringify({ labels: ['sheep', 'boat', 'house'], packages: [farm] }));
  let stdout = '';
  let stderr = '';
  const exitCode = await runBench(
    ['photographs', '--packages', packages, '--list', list, '--model', 'lite', ...options],
    {
      stdout: (text) => {
        stdout += text;
      },
      stderr: (text) => {
        stderr += text;
      },
    },
  );
  return { exitCode, stdout, stderr };
}

describe('bench photographs', () => {
  test('answers for files of a package and of its Qt resources, right and wrong', async () => {
    const files = {
      'share/sheep.jpg': 'sheep',
      'share/all.rcc/images/plain.jpg': 'boat',
      // Compressed, and listed with a label that is not the right one.
      'share/all.rcc/images/deflated.jpg': 'house',
    };
    const { exitCode, stdout } = await photographs(files, '--json');
    expect(exitCode).toBe(0);
    const { photographs: rows, labels, models } = JSON.parse(stdout);
    expect({ labels, models }).toEqual({ labels: ['sheep', 'boat', 'house'], models: ['lite'] });
    const answers = rows.map((row: { answers: { label: string }[] }) => row.answers[0]!.label);
    expect(answers).toEqual(['sheep', 'boat', 'sheep']);
    expect(rows[0]).toMatchObject({
      package: 'npm farm 1.0.0',
      label: 'sheep',
      licence: 'CC0-1.0',
    });
    // The same photograph through zlib.
    expect(rows[2].answers).toEqual(rows[0].answers);

    const table = await photographs(files);
    expect(table.stdout).toContain('3 labels; lite: 2 of 3 right');
    expect(table.stdout).toMatch(/deflated\.jpg +house +WRONG sheep 0\.\d\d$/m);
  });

  test.each([
    ['a label that is not in the list', { 'share/sheep.jpg': 'wolf' }, 'CASE_INVALID'],
    ['a file that is not in the package', { 'share/none.jpg': 'sheep' }, 'FILE_NOT_FOUND'],
    ['a file that is not in the resources', { 'share/all.rcc/images/x': 'boat' }, 'FILE_NOT_FOUND'],
  ])('refuses %s', async (_, files, code) => {
    const { exitCode, stderr } = await photographs(files as unknown as Record<string, string>);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`bench: ${code}: `);
  });
});
