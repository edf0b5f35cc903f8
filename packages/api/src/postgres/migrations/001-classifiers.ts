/** Classifiers, their classes and examples. `version` counts changes of a classifier's examples. Times are in ms. */
export const classifiers = `
CREATE TABLE classifiers (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  owner text NOT NULL,
  name text COLLATE "C" NOT NULL,
  hash text NOT NULL,
  model text NOT NULL,
  dimensions integer NOT NULL,
  logit_scale double precision NOT NULL,
  templates text NOT NULL,
  keeps_images boolean NOT NULL,
  version bigint NOT NULL DEFAULT 0,
  temperature double precision,
  created_at bigint NOT NULL,
  changed_at bigint NOT NULL,
  UNIQUE (owner, name)
);

CREATE TABLE classes (
  classifier bigint NOT NULL REFERENCES classifiers ON DELETE CASCADE,
  place integer NOT NULL,
  label text NOT NULL,
  texts text,
  direction bytea,
  is_cut boolean NOT NULL,
  PRIMARY KEY (classifier, place)
);

CREATE TABLE examples (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  classifier bigint NOT NULL REFERENCES classifiers ON DELETE CASCADE,
  place integer NOT NULL,
  content_hash text NOT NULL,
  source text NOT NULL,
  format text NOT NULL,
  embedding bytea NOT NULL,
  image bytea,
  added_at bigint NOT NULL,
  UNIQUE (classifier, content_hash)
);
CREATE INDEX examples_by_class ON examples (classifier, place);
`;
