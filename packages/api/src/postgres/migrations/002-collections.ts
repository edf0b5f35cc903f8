/**
 * Collections, their items and vectors. Times are in ms since 1970.
 *
 * `seq` of a collection counts changes of its vectors, and `row` is the number of the change that brought an item's
 * vector; a collection's row is locked while its items change, so whoever sees a change sees all before it.
 * `comparable` has the metadata as filters and orders read it: by the number of the field, with a `~` behind it for a text in
 * lower case. Keys are longer than an index takes, so `key_hash` is unique, and `left` of it orders.
 */
export const collections = `
CREATE TABLE vector_sets (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  hash text NOT NULL,
  model text NOT NULL,
  dimensions integer NOT NULL,
  vectors bigint NOT NULL DEFAULT 0
);

CREATE TABLE collections (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  owner text NOT NULL,
  name text COLLATE "C" NOT NULL,
  set_id bigint NOT NULL REFERENCES vector_sets,
  next_set bigint REFERENCES vector_sets,
  items bigint NOT NULL DEFAULT 0,
  seq integer NOT NULL DEFAULT 0,
  created_at bigint NOT NULL,
  dropped boolean NOT NULL DEFAULT false
);
CREATE UNIQUE INDEX collections_by_name ON collections (owner, name) WHERE NOT dropped;

CREATE TABLE vectors (
  set_id bigint NOT NULL,
  row integer NOT NULL,
  embedding halfvec NOT NULL,
  PRIMARY KEY (set_id, row)
);

CREATE TABLE items (
  collection bigint NOT NULL,
  row integer NOT NULL,
  key text COLLATE "C" NOT NULL,
  key_hash bytea NOT NULL,
  source text NOT NULL,
  content_hash text,
  format text,
  width integer,
  height integer,
  bytes bigint,
  modified double precision,
  indexed_at bigint NOT NULL,
  metadata text NOT NULL,
  comparable jsonb NOT NULL,
  has_thumbnail boolean NOT NULL,
  PRIMARY KEY (collection, row)
);
CREATE UNIQUE INDEX items_by_hash ON items (collection, key_hash);
CREATE INDEX items_by_key ON items (collection, left(key, 200));
CREATE INDEX items_by_time ON items (collection, indexed_at);
CREATE INDEX items_by_value ON items USING gin (comparable jsonb_path_ops);

CREATE TABLE removed_rows (
  collection bigint NOT NULL,
  seq integer NOT NULL,
  row integer NOT NULL,
  PRIMARY KEY (collection, seq, row)
);

CREATE TABLE thumbnails (
  collection bigint NOT NULL,
  key_hash bytea NOT NULL,
  image bytea NOT NULL,
  PRIMARY KEY (collection, key_hash)
);

CREATE TABLE fields (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  collection bigint NOT NULL,
  name text NOT NULL,
  type text NOT NULL,
  UNIQUE (collection, name)
);

CREATE TABLE prompts (
  space text NOT NULL,
  words text NOT NULL,
  floats bytea NOT NULL,
  PRIMARY KEY (space, words)
);

CREATE TABLE levels (
  set_id bigint NOT NULL,
  words text NOT NULL,
  first_row integer NOT NULL,
  floats bytea NOT NULL,
  PRIMARY KEY (set_id, words, first_row)
);
`;
