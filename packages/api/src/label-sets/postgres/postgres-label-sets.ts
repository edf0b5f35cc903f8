import type { Owner } from '../../access/owner.ts';
import { oneLine } from '../../errors/one-line.ts';
import type { Connection, Postgres } from '../../postgres/connection.ts';
import { checkPlace, type LabelSet, type TakenPlaces } from '../label-set.ts';
import type { KeptSet, LabelSetStore, LabelSetStores, Warn } from '../label-set-store.ts';
import { decodePromptFile, encodePromptFile } from '../prompt-embeddings.ts';

/** `pg_advisory_xact_lock` of whoever adds a set, as all of a server are counted: “Clil”. */
const LOCK = 0x436c696c;

/** Label sets in PostgreSQL, which several servers share. */
export const openPostgresLabelSets = (database: Postgres, warn: Warn): LabelSetStores => ({
  of: (owner) => storeOf(database, owner, warn),
  owners: async () => {
    const sql = 'SELECT owner FROM label_set_owners ORDER BY owner';
    return (await database.rows<{ readonly owner: Owner }>(sql)).map(({ owner }) => owner);
  },
  isShared: true,
  close: async () => {},
});

function storeOf(database: Postgres, owner: Owner, warn: Warn): LabelSetStore {
  let known = 0;
  return {
    readChanged: async () => {
      const before = known;
      const read = await database.snapshot(async (connection) => {
        const version = await versionOf(connection, owner);
        return version === before
          ? undefined
          : { version, sets: await readSets(connection, owner) };
      });
      // Another that began later may have come back sooner, with more.
      if (read === undefined || (known !== before && read.version <= known)) return undefined;
      known = read.version;
      return read.sets;
    },
    write: (set, replace) =>
      database.transaction(async (connection) => {
        await connection.run('SELECT pg_advisory_xact_lock($1)', LOCK);
        checkPlace(set.name, await placesOf(connection, owner), replace);
        await writeSet(connection, owner, set);
        await noteChange(connection, owner);
      }),
    delete: (name) =>
      database.transaction(async (connection) => {
        const sql = 'DELETE FROM label_sets WHERE owner = $1 AND name = $2';
        await connection.run(sql, owner, name);
        await noteChange(connection, owner);
      }),
    readPrompts: async (name, model) => {
      const sql =
        'SELECT file FROM label_set_embeddings WHERE owner = $1 AND name = $2 AND model = $3';
      try {
        const found = await database.first<{ readonly file: Buffer }>(sql, owner, name, model);
        if (found === undefined) return new Map();
        const prompts = decodePromptFile(found.file, model);
        if (prompts !== undefined) return prompts;
        warn(`the embeddings of label set ${name} are damaged: they are computed again`);
      } catch (error) {
        warn(`the embeddings of label set ${name} cannot be read: ${oneLine(String(error))}`);
      }
      return new Map();
    },
    writePrompts: async (name, model, prompts) => {
      // Another server may have deleted the set meanwhile.
      await database.run(
        `INSERT INTO label_set_embeddings (owner, name, model, file)
         SELECT owner, name, $3, $4 FROM label_sets WHERE owner = $1 AND name = $2
         ON CONFLICT (owner, name, model) DO UPDATE SET file = excluded.file`,
        ...[owner, name, model, encodePromptFile(model, prompts)],
      );
    },
    encodedBy: async (name) => {
      const sql = 'SELECT model FROM label_set_embeddings WHERE owner = $1 AND name = $2';
      const found = await database.rows<{ readonly model: string }>(sql, owner, name);
      return found.map(({ model }) => model);
    },
  };
}

async function readSets(connection: Connection, owner: Owner): Promise<readonly KeptSet[]> {
  interface Row {
    readonly name: string;
    readonly labels: string;
    readonly templates: string;
    readonly created_at: string;
    readonly is_encoded: boolean;
  }
  const rows = await connection.rows<Row>(
    `SELECT name, labels, templates, created_at, EXISTS (
       SELECT 1 FROM label_set_embeddings AS e WHERE e.owner = s.owner AND e.name = s.name
     ) AS is_encoded FROM label_sets AS s WHERE owner = $1`,
    owner,
  );
  return rows.map(({ name, labels, templates, created_at, is_encoded }) => ({
    set: {
      name,
      labels: JSON.parse(labels),
      templates: JSON.parse(templates),
      createdAt: created_at,
    },
    isEncoded: is_encoded,
  }));
}

/** What belongs to a set that it replaces goes with that. */
async function writeSet(
  connection: Connection,
  owner: Owner,
  { name, labels, templates, createdAt }: LabelSet,
): Promise<void> {
  await connection.run('DELETE FROM label_sets WHERE owner = $1 AND name = $2', owner, name);
  await connection.run(
    `INSERT INTO label_sets (owner, name, labels, templates, created_at) VALUES ($1, $2, $3, $4, $5)`,
    ...[owner, name, JSON.stringify(labels), JSON.stringify(templates), createdAt],
  );
}

async function placesOf(connection: Connection, owner: Owner): Promise<TakenPlaces> {
  const sql = 'SELECT name FROM label_sets WHERE owner = $1';
  const names = await connection.rows<{ readonly name: string }>(sql, owner);
  const all = await connection.first<{ readonly count: number }>(
    'SELECT count(*) AS count FROM label_sets',
  );
  return { names: new Set(names.map(({ name }) => name)), total: all!.count };
}

/** 0 for an owner who never had one. */
async function versionOf(connection: Connection, owner: Owner): Promise<number> {
  const sql = 'SELECT version FROM label_set_owners WHERE owner = $1';
  return (await connection.first<{ readonly version: number }>(sql, owner))?.version ?? 0;
}

const noteChange = (connection: Connection, owner: Owner): Promise<number> =>
  connection.run(
    `INSERT INTO label_set_owners (owner, version) VALUES ($1, 1)
     ON CONFLICT (owner) DO UPDATE SET version = label_set_owners.version + 1`,
    owner,
  );
